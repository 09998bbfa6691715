import { describe, expect, it } from 'vitest'
import { readReplyText } from '../../../src/lib/reply-text/index.ts'

const visible = (text: string) => readReplyText({ text }).visible

describe('below a closing and a name', () => {
  it.each([
    'Tel No: +233 20 123 4567',
    'Mobile no. 0712345678\nEmail: ana@x.example',
    'T: +49 170 1234567\nW: www.x.example',
    'Reg. No. B/12/2015',
    'Roll No 25, Class 7',
    'P.O. Box No. 15, Accra',
    'No. 5, Main Street',
    'Hausnr. 5',
    'Bât. No 3, appt. n° 5',
    'Col. Centro No. 45',
    'Working hours: Mon-Fri 9-17',
    'Skype: no-reply-ana',
    'https://x.example/ana',
    '<ana@x.example>',
    '+233 20 123 4567',
    'Department of Surgery',
    'HR Officer\nMinistry of Health, Kenya',
    'Student, 3rd year',
    'Project Manager | Yes Foundation | Tel: 020 1234567',
    'Téléphone : +33 1 23 45 67 89',
    'Тел.: +7 495 123-45-67',
    'هاتف: 0712345678',
    'טלפון: 050-1234567',
    '电话：010-12345678',
    'She/her',
  ])('%j is a signature, and the name stays', (contacts) => {
    for (const above of ['Yes\n\nRegards,\nAna Souza', 'No\n\nAna', 'Potwierdzam.\nAna Souza']) {
      const read = readReplyText({ text: `${above}\n${contacts}\n` })
      expect(read).toMatchObject({ visible: above, signature: contacts })
      expect(visible(`${above}\n${contacts}\n\nSent from my iPhone`)).toBe(above)
      expect(visible(`${above}\n${contacts}\n\nOn 2 Feb 2016 at 11:12, ILN <r@p.example> wrote:\n> Yes`)).toBe(above)
    }
  })

  it('a line of names and posts is a signature as a whole', () => {
    expect(visible('No\n\nAna Souza | Project Manager | Yes Foundation')).toBe('No')
  })

  it.each([
    'Yes',
    'No',
    'No 5 is right, yes',
    'I confirm',
    'Confermo',
    'Potwierdzam',
    'Подтверждаю',
    'Katılmıyorum',
    'أعتذر',
    'תודה, מאשרת',
    '确认',
    '辞退します',
    'Nathibitisha',
    '👍',
    'No, Manager',
    'Yes. Tel: +233 20 123 4567',
  ])('“%s” is an answer wherever it stands', (answer) => {
    for (const text of [
      `Dear Helena,\n\nAna\n${answer}`,
      `Thanks.\n\nAna\nTel: +233 20 123456\n${answer}`,
      `Thanks.\n\nAna Souza\nLibrarian\n${answer}\nTel: +233 20 123456`,
      `${answer}\n\nTel: +233 20 123456`,
      `${answer}\nAna\nTel No: +233 20 123456`,
      `Thanks,\nAna\nTel: ${answer}`,
      `Thanks.\n\nAna | ${answer} | Librarian`,
      `Thanks.\n\nAna\n${answer} | +233 20 123456`,
      `Thanks.\n\nAna\nLibrarian ${answer}`,
      `Dear Helena\n---\n${answer}\nAna`,
      `Dear Helena\n__\n${answer}\n\nAna\nTel: +233 20 123456`,
      `[EXTERNAL]\n${answer}`,
      `[EXTERNAL] ${answer}`,
      `CAUTION: External email. Do not click links or open attachments.\n${answer}`,
      `[cid:image001.png@01D1]\n${answer}`,
    ])
      expect(visible(text)).toContain(answer)
  })

  it('keeps what a line above asks for', () => {
    const text = 'Yes. My new number and post are:\n\nAna Souza\nLibrarian\nTel: +233 20 123456'
    expect(visible(text)).toBe(text)
  })
})

describe('a drawn line', () => {
  it.each(['__', '---', '*****', '======', '~~~'])('of “%s” parts a signature', (drawn) => {
    expect(visible(`Yes\n${drawn}\nAna, No. 5`)).toBe('Yes')
    expect(visible(`Yes\n\n${drawn}\nAna Souza\nTel No: +233 20 123456\n`)).toBe('Yes')
    expect(visible(`Hello\n${drawn}\nYes`)).toContain('Yes')
  })
})

describe('what a mail server puts above', () => {
  it.each([
    '[EXTERNAL]',
    '[External Sender]',
    '[EXTERNE]',
    '[cid:image001.png@01D16A2B.5C1A]',
    '[image: logo.png]',
    '[Image removed by sender.]',
    'CAUTION: External email. Do not click links or open attachments unless you know the sender.',
    'CAUTION: This email originated from outside the University.\nDo not click links or open attachments unless you recognise the sender\nand know the content is safe.',
    'This Message Is From an External Sender\nThis message came from outside your organization.',
    'You don’t often get email from hello@p.example. Learn why this is important<https://aka.ms/x>',
    'ACHTUNG: Diese E-Mail stammt von einem externen Absender. Öffnen Sie keine Anhänge.',
    'ATTENTION : ce courriel provient de l’extérieur. Ne cliquez pas sur les liens.',
    'PRECAUCIÓN: Este correo procede de un remitente externo. No abra adjuntos.',
    'ATENÇÃO: este e-mail veio de um remetente externo. Não clique em links.',
    'ВНИМАНИЕ! Письмо от внешнего отправителя. Не открывайте вложения.',
    '注意：此邮件来自外部，请勿点击链接或打开附件。',
  ])('is no word of the writer: %j', (banner) => {
    for (const answer of ['Yes, I confirm', 'نعم', 'はい、参加します。']) {
      expect(readReplyText({ text: `${banner}\n\n${answer}` })).toMatchObject({ visible: answer, signature: banner })
      expect(visible(`${banner}\n${answer}`)).toBe(answer)
      expect(visible(`${answer}\n\n${banner}`)).toBe(answer)
    }
  })

  it.each([
    'External examiner duties keep me busy, but yes.',
    'Attention: I moved. Yes, I confirm.',
    'Important! I am outside of the country until May, please mail me',
    'Notice: I can take part only by e-mail from outside the city',
    '[image: 👍]',
    '[1] yes\n[2] no',
    '注意：我参加',
  ])('is not “%s”', (answer) => {
    expect(visible(answer)).toBe(answer)
  })
})
