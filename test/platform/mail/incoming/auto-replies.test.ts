import { describe, expect, test } from 'vitest'
import { readIncoming } from '../../../../src/platform/mail/incoming/index.ts'
import { CONTEXT, writeMail } from './write-mail.ts'

const kindOf = async (subject: string, extra: string[] = []) =>
  (await readIncoming(writeMail('Hello', { subject, extra }), CONTEXT)).kind

describe('an automatic answer', () => {
  test.each([
    'Auto-Submitted: auto-replied',
    'Auto-Submitted: auto-generated; owner-email="a@b.example"',
    'X-Autoreply: yes',
    'X-Autorespond: away',
    'Precedence: auto_reply',
    'X-Auto-Response-Suppress: All',
    'X-FC-MachineGenerated: true',
    'X-Mailer: vacation 1.2',
    'X-Vacation: yes',
  ])('is known by %s', async (field) => {
    expect(await kindOf('Re: 2016A', [field])).toBe('auto_reply')
  })

  test.each([
    'Auto-Submitted: no',
    'Precedence: bulk',
    'X-Auto-Response-Suppress: OOF',
    'X-Mailer: Microsoft Outlook 16.0',
  ])('is not what only has %s', async (field) => {
    expect(await kindOf('Re: 2016A', [field])).toBe('reply')
  })

  test.each([
    'Automatic reply: Can you still take part?',
    'Out of Office: Can you still take part?',
    'Out of office Re: 2016A',
    'Réponse automatique : 2016A',
    'Absent du bureau Re: 2016A',
    'Respuesta automática: 2016A',
    'Fuera de la oficina',
    'Resposta automática: 2016A',
    'Automatische Antwort: 2016A',
    'Abwesenheitsnotiz: 2016A',
    'Risposta automatica: 2016A',
    'Automatisch antwoord: 2016A',
    'Automatiskt svar: 2016A',
    'Autosvar: 2016A',
    'Automaattinen vastaus: 2016A',
    'Automatyczna odpowiedź: 2016A',
    'Automatická odpověď: 2016A',
    'Automatikus válasz: 2016A',
    'Răspuns automat: 2016A',
    'Otomatik yanıt: 2016A',
    'Αυτόματη απάντηση: 2016A',
    'Автоматический ответ: 2016A',
    'Автоматична відповідь: 2016A',
    'رد تلقائي: 2016A',
    'מענה אוטומטי: 2016A',
    'پاسخ خودکار: 2016A',
    '自动回复: 2016A',
    '自動回覆：2016A',
    '自動応答: 2016A',
    '자동 회신: 2016A',
    'Trả lời tự động: 2016A',
    'Balasan otomatis: 2016A',
    'ตอบกลับอัตโนมัติ: 2016A',
  ])('is known by its subject: %s', async (subject) => {
    expect(await kindOf(`=?utf-8?b?${Buffer.from(subject).toString('base64')}?=`)).toBe('auto_reply')
  })

  test.each([
    'Re: Automatic reply: 2016A',
    'Away game tickets for librarians',
    'Thank you!',
    'Automatic indexing in libraries',
    'Re: Can you still take part?',
    'Vacation plans of my library',
    'OK',
  ])('is not what a person called: %s', async (subject) => {
    expect(await kindOf(subject)).toBe('reply')
  })

  test('a read receipt is one', async () => {
    const type = 'multipart/report; report-type=disposition-notification; boundary=d'
    const raw = writeMail(['--d', 'Content-Type: text/plain', '', 'It was read.', '--d--'], {
      type,
      subject: 'Read: 2016A',
    })
    expect((await readIncoming(raw, CONTEXT)).kind).toBe('auto_reply')
  })
})
