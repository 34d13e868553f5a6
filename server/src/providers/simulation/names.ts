import { hashParts, type Random } from './random.ts';

type Words = readonly [string, ...string[]];

/** Given and family names that occur together, so that a name does not mix cultures by accident. */
const cultures: readonly [NameStock, ...NameStock[]] = [
  stock('Adaeze Chinedu Emeka Ifeoma Kelechi Ngozi Obinna Uche', 'Abara Eze Ibekwe Nwosu Okafor Okeke Onyema Udeh'),
  stock('Abena Akosua Ama Kofi Kwabena Kwame Yaa Yaw', 'Agyeman Amoah Asante Boateng Darko Mensah Osei Owusu'),
  stock('Amina Baraka Faraja Imani Juma Neema Rehema Wanjiru', 'Achieng Kamau Kimani Mwangi Njoroge Odhiambo Otieno Wafula'),
  stock('Ahmed Farida Hassan Karim Layla Mona Salma Youssef', 'Aziz Fawzi Haddad Khalil Mansour Nasser Saleh Zaki'),
  stock('Aarav Ananya Diya Ishaan Kavya Meera Rohan Vikram', 'Bhatt Desai Iyer Joshi Kulkarni Menon Nair Reddy'),
  stock('Ayesha Bilal Fatima Hamza Iqra Nadia Saad Zainab', 'Akhtar Butt Chaudhry Farooq Malik Mirza Qureshi Siddiqui'),
  stock('Haruto Hina Kaito Mei Ren Sakura Sota Yui', 'Fujita Hayashi Ishikawa Kimura Matsuda Nakamura Ogawa Shimizu'),
  stock('Eunji Hana Jiho Jisoo Minjun Seojun Sora Yuna', 'Ahn Bae Cho Han Jung Kang Lim Seo'),
  stock('Anh Bao Duc Hanh Linh Minh Thu Trang', 'Bui Dang Do Huynh Le Ngo Pham Vu'),
  stock('Fang Hao Jing Lan Ming Qing Wei Xiu', 'Chen Gao Huang Liang Luo Song Tang Zhou'),
  stock('Agus Ayu Budi Citra Dewi Putri Rizky Wulan', 'Halim Hidayat Lestari Pratama Santoso Setiawan Wibowo Wijaya'),
  stock('Beatriz Caio Duarte Inês Joana Rafael Thiago Vitória', 'Almeida Barros Carvalho Esteves Moreira Pinto Ribeiro Teixeira'),
  stock('Alejandra Camila Diego Emiliano Lucía Mateo Valeria Ximena', 'Aguilar Castro Delgado Fuentes Herrera Ibarra Navarro Rojas'),
  stock('Camille Élodie Hugo Juliette Léa Mathieu Noé Théo', 'Bernard Chevalier Fournier Girard Lambert Marchand Perrin Roux'),
  stock('Anke Friederike Jonas Katrin Lennart Maren Till Wiebke', 'Albrecht Brandt Engel Franke Hartmann Krüger Lorenz Vogt'),
  stock('Astrid Eirik Freja Ingrid Lars Maja Sven Tuva', 'Berg Dahl Ekström Hagen Lindqvist Lund Nyström Solberg'),
  stock('Agnieszka Bartosz Dorota Jakub Kasia Marek Tomasz Zofia', 'Adamska Baran Czarnecki Kowalczyk Nowak Sikora Wilk Zając'),
  stock('Andriy Daryna Iryna Maksym Oksana Olena Taras Yaryna', 'Bondar Hrytsenko Kovalenko Lysenko Marchenko Petrenko Savchuk Tkachuk'),
  stock('Ayşe Burak Deniz Ebru Emre Kerem Selin Zeynep', 'Aksoy Çelik Demir Kaya Koç Özkan Şahin Yıldız'),
  stock('Ava Callum Eilidh Grace Harriet Isla Owen Rhys', 'Barclay Fraser Griffiths Hughes Kerr Morgan Reid Whitlock'),
  stock('Amber Caleb Dana Elliot Jasmine Marcus Paige Trevor', 'Bennett Carver Dawson Ellis Holloway Mercer Sawyer Whitaker'),
  stock('Aroha Hemi Kahu Mere Ngaire Rangi Tane Wiremu', 'Henare Kereama Marama Ngata Paki Rewi Tamihana Waititi'),
];

const things: Words = words(
  'Atlas Bakery Birch Bricks Cabin Canvas Ceramics Compass Coffee Cycle Ferry Field Forge Garden Harbour Kiln Lantern Ledger Loom ' +
    'Maple Mill Moss Notebook Orchard Paper Pixel Radio Ridge River Saddle Signal Studio Tide Timber Trail Type Vinyl Wharf Yarn',
);
const colours: Words = words(
  'Amber Blue Copper Ember Fern Golden Grey Hidden Indigo Little Lunar Northern Quiet Red Slow Southern Tiny Wild',
);

interface NameStock {
  readonly given: Words;
  readonly family: Words;
}

function stock(given: string, family: string): NameStock {
  return { given: words(given), family: words(family) };
}

function words(list: string): Words {
  const [first = '', ...rest] = list.split(' ');
  return [first, ...rest];
}

/** A person's name, now and then a small business or a name with an initial. */
export function mintName(random: Random): string {
  if (random.isChance(0.08)) return `${random.pick(colours)} ${random.pick(things)}`;
  const { given, family } = random.pick(cultures);
  const first = random.pick(given);
  const last = random.pick(family);
  const second = random.isChance(0.07) ? random.pick(family) : last;
  if (second !== last) return `${first} ${second}-${last}`;
  if (random.isChance(0.06)) return `${first} ${last.charAt(0)}.`;
  return random.isChance(0.05) ? first : `${first} ${last}`;
}

const letters: Readonly<Record<string, string>> = { ı: 'i', ł: 'l', ø: 'o', ß: 'ss' };

/** Words come from the short lists above, so remembering their spelling is bounded and makes large worlds quick. */
const plainWords = new Map<string, string>();

/** Lower-case ASCII letters and digits of one word. */
function plain(word: string): string {
  const known = plainWords.get(word);
  if (known !== undefined) return known;
  const spelled = word
    .toLowerCase()
    .replaceAll(/[ıłøß]/g, (letter) => letters[letter] ?? '')
    .normalize('NFD')
    .replaceAll(/[^a-z0-9]/g, '');
  plainWords.set(word, spelled);
  return spelled;
}

/**
 * Spells a handle as people do: joined, with one of the separators, an initial, a year. Not unique: the engine replaces the
 * end of a taken one. `lengthMax` >= 8.
 */
export function spellHandle(name: string, index: number, options: { separators: string; lengthMax: number }): string {
  const parts = name.split(/[\s-]+/).map(plain).filter((part) => part !== '');
  const first = parts[0] ?? 'person';
  const last = parts.at(-1) ?? first;
  const style = hashParts(index, 7);
  const separator = options.separators.charAt(style % (options.separators.length + 1));
  const year = String(70 + (style % 37) < 100 ? 70 + (style % 37) : (style % 37) - 30).padStart(2, '0');
  return spell((style >>> 8) % 6).slice(0, options.lengthMax);

  function spell(way: number): string {
    if (parts.length === 1 && way < 5) return `${first}${separator}${way < 2 ? 'official' : year}`;
    if (way === 0) return parts.join(separator);
    if (way === 1) return `${last}${separator}${first}`;
    if (way === 2) return `${first.charAt(0)}${separator}${last}`;
    if (way === 3) return `${first}${separator}${last.charAt(0)}${year}`;
    if (way === 4) return `${first}${last}${year}`;
    return `${parts.join(separator)}${style % 1000}`;
  }
}
