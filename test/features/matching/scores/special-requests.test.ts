import { expect, test } from 'vitest'
import { flagSpecialRequest } from '../../../../src/features/matching/scores/index.ts'

test.each([
  'Would like to visit Scandinavia next year',
  'Je préfère un partenaire francophone si possible',
  '日本の図書館員と話したいです',
  'prefer a woman partner',
  'I am deaf and prefer written communication only.',
  'A solo librarian like me.',
  'I was matched with a colleague last round and would like someone new.',
  'Please not a partner in my own time zone, I travel.',
  'Someone experienced with strategic planning; we open a new building in May.',
  'No Americans',
  'No special requests, but someone near the sea would be lovely',
  'Any time zone but my own',
  'Open access',
  'Happy with anyone except my former boss',
  'Not sure',
])('"%s" is for a director to read', (text) => {
  expect(flagSpecialRequest(text)).toBe(true)
})

test.each([
  null,
  '',
  '   ',
  '-',
  '...',
  'No',
  'none',
  'N/A',
  'n.a.',
  'No preference, surprise me!',
  'Surprise me :)',
  'Sorry, I had to correct my form.',
  'I have no special requests. Thank you!',
  "I don't mind",
  'Nothing in particular - thanks',
  'Anyone is fine',
  'Happy to be matched with anyone',
  "I'm flexible",
  'Aucune préférence',
  'Sin preferencia, gracias',
  'keine',
  '特になし',
  'لا',
])('%j asks for nothing', (text) => {
  expect(flagSpecialRequest(text)).toBe(false)
})
