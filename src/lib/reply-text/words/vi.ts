import type { LanguageWords } from './language-words.ts'

export const vi: LanguageWords = {
  wrote: ['đã viết', 'viết', 'đã viết rằng', 'da viet'],
  opens: ['vào', 'ngày', 'lúc', 'vào lúc'],
  from: ['từ', 'người gửi', 'của'],
  date: ['đã gửi', 'ngày', 'ngày gửi', 'gửi', 'gửi lúc', 'thời gian'],
  to: ['đến', 'tới', 'người nhận', 'đồng gửi', 'cc', 'gửi đến'],
  subject: ['chủ đề', 'tiêu đề', 'về việc'],
  original: [
    'thư gốc',
    'tin nhắn gốc',
    'thư ban đầu',
    'tin nhắn ban đầu',
    'thư được chuyển tiếp',
    'nội dung chuyển tiếp',
    'email gốc',
    'tin nhắn được chuyển tiếp',
    'thư đã chuyển tiếp',
  ],
  footers: [
    'được gửi từ',
    'đã gửi từ',
    'gửi từ',
    'gửi bằng',
    'tải outlook',
    'tải xuống outlook',
    'lấy outlook',
    'đã được gửi từ',
    'nhận outlook',
  ],
  notices: ['email này', 'thư này', 'thông điệp này'],
}
