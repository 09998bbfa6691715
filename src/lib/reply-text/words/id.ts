import type { LanguageWords } from './language-words.ts'

export const id: LanguageWords = {
  wrote: ['menulis', 'menulis sebagai berikut', 'tulis', 'menulis pesan', 'berkata'],
  opens: ['pada', 'pada tanggal', 'pukul', 'tanggal'],
  from: ['dari', 'pengirim', 'daripada'],
  date: ['dikirim', 'terkirim', 'tanggal', 'dihantar', 'tarikh', 'kirim'],
  to: ['kepada', 'ke', 'tembusan', 'penerima', 'cc', 'untuk'],
  subject: ['perihal', 'subjek', 'judul', 'hal', 'subyek', 'perkara'],
  original: [
    'pesan asli',
    'pesan awal',
    'pesan terusan',
    'pesan yang diteruskan',
    'email asli',
    'mesej asal',
    'pesan diteruskan',
  ],
  footers: [
    'dikirim dari',
    'dikirim melalui',
    'dikirim dengan',
    'dihantar daripada',
    'dihantar dari',
    'terkirim dari',
    'dapatkan outlook untuk',
    'bebas virus',
    'dikirim menggunakan',
    'unduh outlook untuk',
    'diantar dari',
  ],
  notices: ['email ini', 'e-mail ini', 'pesan ini', 'surel ini'],
}
