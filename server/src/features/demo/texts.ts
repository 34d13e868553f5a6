export interface DemoPost {
  /** Several make a thread. */
  readonly texts: readonly string[];
  readonly networks: readonly string[];
  readonly labels: readonly string[];
}

const shop = ['x'];
const hers = ['bluesky', 'mastodon'];
const everywhere = ['x', 'bluesky', 'mastodon'];

function post(networks: readonly string[], label: string, ...texts: readonly string[]): DemoPost {
  return { networks, labels: [label], texts };
}

/** What the shop has published, oldest first. */
export const published: readonly DemoPost[] = [
  post(everywhere, 'shop', 'The kiln is cooling. Forty stoneware mugs come out tomorrow morning, glazed in the green of the marsh behind the workshop.'),
  post(shop, 'shop', 'Open until seven today. Come and hold the new mugs before they are all gone.'),
  post(hers, 'workshop', 'Every glaze test is a small argument with chemistry. Today chemistry won, and I rather like the result.'),
  post(everywhere, 'workshop', 'How a heron ends up on a cup, in three steps.', 'First a drawing, always from life. The herons by the weir stand still for longer than any model I know.',
    'Then a paper stencil, cut once and used until it falls apart. Then slip, brushed over in one go: hesitate, and you see it for ever.'),
  post(shop, 'shop', 'Second-hand pine, planed and oiled: the new shelves by Jonah are in the shop. Six of them, no two alike.'),
  post(hers, 'thoughts', 'A customer brought back a bowl after eleven years, to show me how well it has aged. Best review we ever had.'),
  post(everywhere, 'events', 'Open workshop on Saturday, ten to four. Bring old clothes and no expectations; we bring the clay.'),
  post(shop, 'events', 'Thank you to all sixty of you who came on Saturday. The wobbly ones are drying; you can pick them up in two weeks.'),
  post(everywhere, 'shop', 'Seconds sale: small flaws, half the price. Online from nine tomorrow, and in the shop as long as there are any.'),
  post(hers, 'workshop', 'New clay from a pit twelve miles away. It is redder, it shrinks more, and it smells like rain.'),
  post(shop, 'shop', 'We have stopped using plastic in our parcels. Shredded newspaper it is: your mug arrives with last week’s crossword.'),
  post(everywhere, 'thoughts', 'People ask why a mug costs what it costs. Here is the honest sum.', 'Clay and glaze are the small part. Two firings cost more than both, and one mug in eight does not survive them.',
    'The rest is time: about forty minutes of two people for each mug. We would rather tell you than make them faster.'),
  post(shop, 'shop', 'Back in stock: the tall jug, in ash white and marsh green.'),
  post(hers, 'workshop', 'Kiln log, firing 212: even to the last shelf. I have been waiting for this since spring.'),
  post(everywhere, 'events', 'We will be at the harbour market this weekend, third row, next to the bakery. Say hello, and get a bun next door.'),
  post(shop, 'shop', 'Gift wrapping is free from today until the end of the year. Tell us whom it is for and we write the card by hand.'),
  post(hers, 'thoughts', 'Ten years ago I sold my first plate to a stranger. It was crooked. She said that was why.'),
  post(everywhere, 'shop', 'The winter collection is here: deep blue, a little gold at the rim, and made for soup.'),
  post(shop, 'shop', 'Last day to order engraved boards in time for the holidays is the tenth. After that Jonah’s hands need a rest.'),
  post(everywhere, 'workshop', 'Behind the scenes: four hundred ornaments, one brush, and a podcast that is nearly over. Send recommendations, please.'),
];

/** What is to come. */
export const planned: readonly DemoPost[] = [
  post(everywhere, 'shop', 'New in the shop: candle holders turned from storm-felled pine. Each one tells you in its rings how old the tree was.'),
  post(shop, 'events', 'Evening opening this week: lights on until nine, mulled apple juice, and a first look at the spring colours.'),
  post(hers, 'workshop', 'What I learned from a hundred failed handles, in a short thread.', 'They fail where you cannot see it: at the joint, when cup and handle are not equally damp.'),
];

export const drafts: readonly DemoPost[] = [
  post(shop, 'shop', 'Our year in numbers: … mugs, … jugs, and one very patient heron.'),
  post(everywhere, 'thoughts', 'Should we offer repairs? Tell us what you have at home with a chip in it.'),
];
