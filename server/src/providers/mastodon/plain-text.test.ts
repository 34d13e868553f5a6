import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toPlainText } from './plain-text.ts';

test('HTML becomes what a person reads', () => {
  const texts: Readonly<Record<string, string>> = {
    '<p>Hi <a href="https://x.example">you</a></p><p>there<br />end</p>': 'Hi you\nthere\nend',
    'Tom &amp; &quot;Ann&quot; &#39;x&#x27; &lt;3': 'Tom & "Ann" \'x\' <3',
    '&amp;lt;b&amp;gt;': '&lt;b&gt;',
    'I <3 cats': 'I <3 cats',
    'a<script>alert(1)</script>': 'aalert(1)',
    'na\u202eme\u0007': 'name',
    '&unknown; &#1114112;': '&unknown; \ufffd',
  };
  for (const [html, text] of Object.entries(texts)) assert.equal(toPlainText(html), text, html);
});
