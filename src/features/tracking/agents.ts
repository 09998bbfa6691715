/** How programs call themselves in their User-Agent: lower case, anywhere in it. */
const AUTOMATIC = [
  // crawlers, and previews of chats and social sites
  'bot',
  'crawl',
  'spider',
  'preview',
  'scan',
  'fetch',
  'monitor',
  'validator',
  'headless',
  'phantomjs',
  'facebookexternalhit',
  'facebookcatalog',
  'whatsapp',
  'embedly',
  'vkshare',
  'mastodon',
  'skypeuripreview',
  'microsoftpreview',
  'iframely',
  // in front of mailboxes
  'barracuda',
  'proofpoint',
  'mimecast',
  'fireeye',
  'trendmicro',
  'sophos',
  'symantec',
  'messagelabs',
  'forcepoint',
  'ironport',
  'safelinks',
  'urldefense',
  'cloudmark',
  'zscaler',
  'paloalto',
  'virustotal',
  'urlscan',
  'bitdefender',
  'kaspersky',
  'fortiguard',
  // libraries and command lines
  'curl/',
  'wget',
  'libwww',
  'python',
  'aiohttp',
  'httpx',
  'go-http-client',
  'okhttp',
  'java/',
  'apache-httpclient',
  'node-fetch',
  'nodejs',
  'undici',
  'axios',
  'got (',
  'ruby',
  'perl',
  'php',
  'guzzle',
  'restsharp',
  'winhttp',
  'powershell',
  'postman',
  'lwp',
]

/** Fetch the pictures of an email that a reader opens; many readers come by the same few machines of their provider. */
const PICTURE_PROXIES = ['googleimageproxy', 'yahoomailproxy', 'ggpht.com']

/** Fetch pictures for who reads in them, and look at a link before they hand it to a browser. */
const MAIL_PROGRAMS = ['ms-office', 'microsoft office', 'microsoft outlook', ...PICTURE_PROXIES]

/** Says nothing, or no more than Apple says when it fetches every picture ahead, whoever reads. */
const BARE = new Set(['', '-', 'mozilla/5.0', 'node'])

/**
 * Whether it says of itself that it is no person's browser: it says nothing, or names a known scanner, preview,
 * crawler or library. @param isPicture the hit is an opening
 */
export function isAutomaticAgent(agent: string, isPicture: boolean): boolean {
  // "Cubot" makes phones.
  const words = agent.trim().toLowerCase().replaceAll('cubot', '')
  if (BARE.has(words)) return true
  if (MAIL_PROGRAMS.some((name) => words.includes(name))) return !isPicture
  return AUTOMATIC.some((name) => words.includes(name))
}

/** Whether many readers come by the same few machines of their mail provider. */
export function isPictureProxy(agent: string): boolean {
  const words = agent.toLowerCase()
  return PICTURE_PROXIES.some((name) => words.includes(name))
}
