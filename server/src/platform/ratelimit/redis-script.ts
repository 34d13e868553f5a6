/**
 * One atomic decision on the clock of Redis. A log is a plain string: the times of the admitted calls that still count, in milliseconds
 * since 1970, each followed by a comma, oldest first. A call counts while `now - time <= window`, so rounding to milliseconds never
 * admits one too many, and admits the next one at most 1 ms late. A clock that was set back cannot hold callers up: times in the
 * future become now.
 *
 * KEYS: one per limit. ARGV: max and window in milliseconds of each. Answers admitted (1 or 0), then remaining and reset of each.
 */
export const redisScript = `
local size = 14
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local stamp = string.format('%013.0f,', now)
local found = {}
local admitted = 1
for i = 1, #KEYS do
  local max, window = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
  local log = redis.call('GET', KEYS[i]) or ''
  local count = #log / size
  local at = function(index) return tonumber(string.sub(log, index * size + 1, index * size + size - 1)) end
  if count > 0 and at(count - 1) > now then
    log = string.gsub(log, '%d+,', function(old) if old > stamp then return stamp end end)
    redis.call('SET', KEYS[i], log, 'PX', window + 1)
  end
  local low, high = 0, count
  while low < high do
    local middle = math.floor((low + high) / 2)
    if now - at(middle) > window then low = middle + 1 else high = middle end
  end
  local live = count - low
  if live >= max then admitted = 0 end
  found[i] = { log = log, low = low, live = live, max = max, window = window, oldest = live > 0 and at(low) or now }
end
local answer = { admitted }
for i = 1, #KEYS do
  local one = found[i]
  local live = one.live
  if admitted == 1 then
    live = live + 1
    redis.call('SET', KEYS[i], string.sub(one.log, one.low * size + 1) .. stamp, 'PX', one.window + 1)
  end
  answer[2 * i] = math.max(0, one.max - live)
  answer[2 * i + 1] = live > 0 and one.oldest + one.window + 1 - now or 0
end
return answer
`;
