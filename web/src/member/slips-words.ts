/** The words of the page on which slips are made. */
import type { Text } from "../strings";
import { t } from "./say";
import type { Fault } from "./slips-draw";

const slips = (n: number) => (n === 1 ? "1 slip" : `${n} slips`);
const pages = (n: number) => (n === 1 ? "1 page" : `${n} pages`);

export const words = {
  title: t("Làm tờ phiếu", "Make the slips"),
  tooEarly: t("Chưa đến bước làm tờ phiếu", "It is too early for slips"),
  tooEarlyMore: t("Thư ký chưa lập xong mẫu phiếu. Giữ trang này mở, trang tự chuyển khi đến bước này.",
    "The secretary has not drawn up the ballot papers yet. Keep this page open; it goes on by itself."),
  tooLate: t("Không làm tờ phiếu mới được nữa", "No new slips can be made any more"),
  tooLateMore: t("Ở bước này danh sách tờ phiếu không thay đổi được nữa.", "At this step the list of slips can no longer change."),

  badPapers: t("Mẫu phiếu máy chủ đưa ra không đúng", "The ballot papers that the server gave are not right"),
  notThisMeeting: t("Mẫu phiếu không phải của cuộc họp này, hoặc không đúng dạng. Không làm tờ phiếu; báo ngay Trưởng ban kiểm phiếu.",
    "They are not this meeting's, or not in the right form. Make no slips; tell the head of the counting board at once."),
  otherKey: t("Mẫu phiếu không mang khóa mà Ban kiểm phiếu đã tạo. Không làm tờ phiếu; báo ngay Trưởng ban kiểm phiếu.",
    "They do not carry the key that the counting board made. Make no slips; tell the head of the counting board at once."),
  goodPapers: t("Mẫu phiếu đúng của cuộc họp này và mang khóa của Ban kiểm phiếu.",
    "The ballot papers are this meeting's and carry the counting board's key."),
  noKey: t("Mẫu phiếu đúng của cuộc họp này. Chưa có biên bản tạo khóa để so khóa.",
    "The ballot papers are this meeting's. There is no record of a key ceremony to compare the key with."),
  paper: t("Mẫu phiếu", "Ballot paper"),
  persons: (n: number) => t(`${n} người`, n === 1 ? "1 person" : `${n} persons`),
  digits: t("Dãy số in trên mọi tờ phiếu", "Digits on every slip"),
  digitsMore: t("Phải giống hệt dãy số trên màn hình của thư ký và trên màn chiếu.", "They must be exactly those on the secretary's screen and on the projector."),

  make: t("Tạo và in trên máy này", "Make and print on this computer"),
  count: t("Số tờ phiếu", "Number of slips"),
  countHint: (wanted: number) => t(`Cần ${wanted} tờ: số triệu tập cộng dự phòng. Có thể tăng.`, `${wanted} are needed: those summoned, and spares. It may be more.`),
  countBad: (least: number, most: number) => t(`Nhập một số từ ${least} đến ${most}.`, `Enter a number from ${least} to ${most}.`),
  makeNow: (n: number) => t(`Tạo ${n} tờ phiếu`, `Make ${slips(n)}`),
  secret: t("Mã phiếu chỉ có trong trang này, rồi trên giấy. Đóng trang là mã mất hẳn; máy chủ không bao giờ có mã.",
    "The codes are in this page only, and then on paper. Closing the page destroys them; the server never has them."),
  secretMore: t("Dùng máy tính của Ban kiểm phiếu, cắm dây vào máy in. Không lưu thành tệp PDF, không in qua máy in chung.",
    "Use a computer of the counting board and a printer on a cable. Do not save as PDF, and do not use a shared printer."),
  making: t("Đang tạo tờ phiếu", "Making the slips"),
  made: (n: number, all: number) => t(`Đang tạo ${n}/${all}`, `Making ${n}/${all}`),
  drawing: t("Đang dựng trang in", "Laying out the pages"),
  drawn: (n: number, all: number) => t(`Đang dựng trang ${n}/${all}`, `Page ${n}/${all}`),
  tooLong: t("Không in được tờ phiếu", "The slips cannot be printed"),
  tooLongMore: (what: string) => t(`Quá dài, không in rõ được trên tờ phiếu: ${tooLongNames[what]?.vi ?? what}. Đề nghị thư ký rút ngắn.`,
    `Too long to be legible on a slip: ${tooLongNames[what]?.en ?? what}. Ask the secretary to shorten it.`),

  print: (n: number) => t(`In ${n} tờ phiếu`, `Print ${slips(n)}`),
  ready: (n: number) => t(`Đã dựng ${n} trang A4, mỗi trang 8 tờ. Màn hình không hiện mã phiếu.`,
    `${pages(n)} of A4 are ready, eight slips each. The screen does not show the codes.`),
  settings: t("Khi hộp thoại in mở ra, chọn:", "In the print dialog choose:"),
  settingsList: [
    t("khổ giấy A4, chiều dọc, in một mặt", "paper A4, portrait, one side"),
    t("tỷ lệ 100 %, lề: không", "scale 100 %, margins: none"),
    t("giấy dày, từ 100 g/m²: giấy mỏng để lộ mã khi gấp", "thick paper, 100 g/m² or more: codes show through thin paper when folded"),
  ],
  printNow: t("Mở hộp thoại in", "Open the print dialog"),

  printed: (n: number) => t(`Đã in đủ ${n} tờ, rõ mã?`, `Are all ${slips(n)} printed, with clear codes?`),
  printedMore: (n: number) => t(`Đếm đủ ${n} trang. Trên mỗi tờ: mã vuông rõ nét, không mất góc, đọc được mã chữ.`,
    `Count ${pages(n)}. On each slip the square code is sharp and whole, and the code can be read.`),
  printedYes: t("Đã in đủ, tải phần công khai lên", "All printed: upload the public half"),
  printedYesMore: t("Bấm nút này thì mã phiếu bị xóa khỏi trang, không in lại được nữa. Chỉ phần công khai được gửi đi.",
    "This removes the codes from the page; nothing can be printed again. Only the public half is sent."),
  printAgain: t("In lại", "Print again"),
  printAgainMore: t("Trước khi in lại, hủy mọi trang đã in hỏng. Mỗi mã chỉ được có trên một tờ.",
    "Before printing again destroy every spoilt page. No code may be on two slips."),
  discard: t("Bỏ đợt này, làm lại từ đầu", "Discard these and start again"),

  overtaken: t("Ủy viên khác vừa tải lên một bộ tờ phiếu", "Another member has just uploaded slips"),
  overtakenMore: t("Chỉ một bộ dùng được. Bàn với ủy viên đó, rồi chọn: bộ nào không dùng thì hủy hết các tờ đã in.",
    "Only one set can be used. Agree with that member, then choose; of the set that is not used destroy every slip."),
  replaceTheirs: t("Dùng bộ này, bỏ bộ kia", "Use this set and drop the other"),

  uploading: t("Đang gửi phần công khai", "Sending the public half"),
  uploaded: (n: number) => t(`Đã gửi phần công khai của ${n} tờ phiếu`, `The public half of ${slips(n)} is with the server`),
  uploadedMore: t("Mã phiếu không còn trong máy này. Nếu máy in có lưu bản in thì xóa bản in trong máy in.",
    "The codes are no longer on this computer. If the printer keeps what it prints, delete it there."),
  fileUploadedMore: t("In xong hãy xóa tệp slips.pdf: ai có tệp này có thể bỏ phiếu thay mọi người.",
    "Delete slips.pdf once it is printed: whoever has it can vote for everybody."),
  next: t("Việc tiếp theo", "What comes next"),
  nextList: [
    t("Cắt theo đường kẻ, gấp mặt in vào trong.", "Cut along the lines; fold with the printed side in."),
    t("Đóng dấu vào ô trống, trộn đều, niêm phong, giao Trưởng ban kiểm phiếu giữ.", "Stamp the clear square, shuffle, seal the pack, and hand it to the head of the counting board."),
  ],
  refused: t("Máy chủ không nhận", "The server did not accept them"),
  refusedMore: t("Các tờ vừa in không dùng được. Hủy hết, rồi làm lại.", "The slips just printed are of no use. Destroy them all, then start again."),
  fileRefusedMore: t("Không có gì được ghi lại. Kiểm tra tệp, rồi thử lại.", "Nothing was recorded. Check the file and try again."),
  again: t("Làm lại", "Start again"),

  already: t("Tờ phiếu của cuộc họp này đã được tải lên", "The slips of this meeting have been uploaded"),
  alreadyMore: t("Chỉ làm lại khi các tờ đã in bị mất hoặc hỏng: khi đó mọi tờ đã in trước phải hủy hết.",
    "Make them again only if those printed are lost or spoilt; then every slip printed before must be destroyed."),
  replace: t("Làm lại toàn bộ tờ phiếu", "Make all slips again"),

  byCommand: t("Đã làm bằng lệnh homphieu slips trên máy khác", "Made with the command homphieu slips on another computer"),
  byCommandMore: t("Tải mẫu phiếu về, chép sang máy của Ban kiểm phiếu, chạy lệnh dưới đây, in tệp slips.pdf, rồi chọn tệp credentials.json ở đây.",
    "Download the ballot papers, copy them to the board's computer, run the command below, print slips.pdf, then choose credentials.json here."),
  download: t("Tải mẫu phiếu", "Download the ballot papers"),
  file: t("Tệp credentials.json", "File credentials.json"),
  checking: t("Đang kiểm tra tệp", "Checking the file"),
  checked: (n: number, all: number) => t(`Đang kiểm tra ${n}/${all}`, `Checking ${n}/${all}`),
  fileCount: (n: number) => t(`Tệp có ${n} tờ phiếu`, `The file has ${slips(n)}`),
  fileFew: (wanted: number) => t(`Cuộc họp cần ${wanted} tờ: số triệu tập cộng dự phòng. Có đúng là tệp này không?`,
    `The meeting needs ${wanted}: those summoned, and spares. Is this the right file?`),
  fileEnough: t("Số tờ trong tệp phải đúng bằng số tờ đã in.", "It must be exactly the number of slips printed."),
  upload: t("Tải phần công khai lên", "Upload the public half"),
  otherFile: t("Chọn tệp khác", "Choose another file"),
};

const tooLongNames: Record<string, Text> = {
  title: t("tên cuộc họp", "the meeting's title"),
  detail: t("nơi và ngày họp", "place and date"),
  address: t("địa chỉ của máy chủ", "the server's address"),
  link: t("địa chỉ của máy chủ", "the server's address"),
};

/** What is wrong with a file of public credentials. */
export const fileFaults: Record<Fault, Text> = {
  "not-credentials": t("Tệp này không phải credentials.json của lệnh homphieu slips. Không chọn tệp slips.pdf hay tệp mẫu phiếu.",
    "This is not the credentials.json of homphieu slips. Choose neither slips.pdf nor the ballot papers."),
  "other-papers": t("Tệp này được làm cho mẫu phiếu khác. Tải lại mẫu phiếu ở đây rồi chạy lại lệnh.",
    "This file was made for other ballot papers. Download the papers here and run the command again."),
  twice: t("Tệp có một tờ phiếu bị lặp. Làm lại bằng lệnh homphieu slips.", "A slip is in the file twice. Make it again with homphieu slips."),
  "not-ascending": t("Tệp đã bị sửa: các dòng không theo thứ tự. Làm lại bằng lệnh homphieu slips.",
    "The file has been changed: its lines are not in order. Make it again with homphieu slips."),
  "not-an-element": t("Tệp bị hỏng hoặc đã bị sửa. Làm lại bằng lệnh homphieu slips.", "The file is damaged or changed. Make it again with homphieu slips."),
  unequal: t("Tệp không có đủ số tờ cho mọi mẫu phiếu. Làm lại bằng lệnh homphieu slips.",
    "The file does not have the same number of slips for every ballot paper. Make it again with homphieu slips."),
};
