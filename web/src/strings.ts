/**
 * Every word of the voter's page, Vietnamese and English side by side.
 *
 * In Vietnamese, {bạn} and {Bạn} stand for how this meeting addresses its voters: "đồng chí" in the
 * Party form, "đại biểu" in the State form.
 */

/** One text in both languages. */
export interface Text {
  vi: string;
  en: string;
  /** What a shared machine says instead: it is not the voter's phone. */
  kiosk?: Text;
}

export type Language = "vi" | "en";

/** How voters are addressed: the meeting's rule set decides. */
export type Form = "party" | "state";

const t = (vi: string, en: string, kiosk?: Text): Text => (kiosk ? { vi, en, kiosk } : { vi, en });
const persons = (n: number) => (n === 1 ? "1 person" : `${n} persons`);

/** The text in one language, addressing voters in the given form. */
export function render(text: Text, language: Language, form: Form): string {
  const address = form === "state" ? "đại biểu" : "đồng chí";
  const capital = "Đ" + address.slice(1);
  return text[language].replace(/\{bạn\}/g, address).replace(/\{Bạn\}/g, capital);
}

/** English for the three levels, shown in small beside the meeting's own words. */
export function englishLevel(answer: string): string | undefined {
  const levels: Record<string, string> = {
    "tín nhiệm cao": "High confidence",
    "tín nhiệm": "Confidence",
    "tín nhiệm thấp": "Low confidence",
  };
  return levels[answer.normalize("NFC").toLowerCase()];
}

export const words = {
  product: t("Hòm phiếu", "Hòm phiếu"),
  otherLanguage: t("English", "Tiếng Việt"),
  trial: t("Cuộc họp mẫu: máy chủ giữ khóa, không dùng cho việc thật.",
    "Sample meeting: the server holds the keys; not for real use."),
  hide: t("Che màn hình", "Hide screen"),
  hidden: t("Màn hình đang được che", "The screen is hidden"),
  reveal: t("Chạm vào đây để hiện lại", "Tap here to show it again"),

  loading: t("Đang tải cuộc họp…", "Loading the meeting…"),
  checking: t("Đang kiểm tra tờ phiếu…", "Checking your slip…"),
  notLoaded: t("Chưa tải được cuộc họp", "The meeting could not be loaded yet"),
  notLoadedMore: t("Kiểm tra kết nối mạng của điện thoại. Trang này tự thử lại; tờ phiếu vẫn còn nguyên giá trị.",
    "Check the phone's network. This page tries again by itself; your slip is still good.",
    t("Máy này đang mất mạng và tự thử lại. Tờ phiếu vẫn còn nguyên giá trị; báo cho Ban kiểm phiếu nếu phải chờ lâu.",
      "This machine has no network and tries again by itself. Your slip is still good; tell the counting board if it takes long.")),
  retryNow: t("Thử lại ngay", "Try again now"),

  once: t("Phiếu này chỉ dùng một lần và không ghi tên.", "This ballot can be used once and carries no name."),
  instruction: t("{Bạn} đánh dấu một trong ba mức cho từng người.", "Mark one of the three levels for each person."),
  instructionAny: t("{Bạn} đánh dấu một mức cho từng người.", "Mark one level for each person."),
  papers: (n: number) => t(`Có ${n} phiếu. Đánh dấu lần lượt, rồi bỏ tất cả cùng một lần.`,
    `There are ${n} ballot papers. Mark one after the other, then cast them all together.`),
  paperOf: (n: number, all: number) => t(`Phiếu ${n}/${all}`, `Paper ${n}/${all}`),
  persons: (n: number) => t(`${n} người`, persons(n)),
  someUsed: (n: number, all: number) => t(`Tờ phiếu này đã bỏ ${n}/${all} phiếu`, `${n} of the ${all} ballots of this slip have been cast`),
  someUsedMore: t("Chỉ còn những phiếu dưới đây. Nếu không phải {bạn} đã bỏ phần kia, báo ngay cho Ban kiểm phiếu.",
    "Only those below remain. If it was not you who cast the others, tell the counting board at once."),
  report: t("Báo cáo", "Report"),
  declaration: t("Kê khai", "Declaration"),
  documentOf: (kind: string, name: string) => t(`${kind} (PDF): ${name}`, `${kind} (PDF): ${name}`),
  count: (n: number) => t(`Danh sách có ${n} người.`, `There ${n === 1 ? "is 1 person" : `are ${n} persons`} on the list.`),
  start: t("Bắt đầu", "Start"),
  resume: t("Tiếp tục", "Go on"),

  next: t("Tiếp", "Next"),
  back: t("Quay lại", "Back"),
  toReview: t("Xem lại phiếu", "Review the ballot"),
  asList: t("Xem cả danh sách", "Show the whole list"),
  oneByOne: t("Xem từng người", "Show one person at a time"),
  list: t("Danh sách", "List"),
  progress: (n: number, all: number) => t(`Đã đánh dấu ${n}/${all}`, `${n}/${all} marked`),
  clear: t("Bỏ đánh dấu", "Clear the mark"),
  clearHint: t("để trống dòng này", "leave this line blank"),
  cleared: t("Đã bỏ đánh dấu. Dòng này để trống.", "Mark cleared. This line is blank."),
  required: t("Người này phải được đánh dấu một mức thì mới bỏ phiếu được.",
    "This person must be marked before you can cast the ballot."),

  review: t("Xem lại phiếu", "Review your ballot"),
  blanks: (n: number) => t(
    `Còn ${n} người chưa được đánh dấu. Dòng để trống được tính là không hợp lệ đối với người đó.`,
    `${persons(n)} ${n === 1 ? "is" : "are"} not marked. A blank line counts as invalid for that person.`),
  missing: (n: number) => t(
    `Chưa bỏ phiếu được: còn ${n} người phải được đánh dấu.`,
    `You cannot cast yet: ${persons(n)} must be marked.`),
  allMarked: t("Đã đánh dấu đủ mọi người.", "Every person is marked."),
  marked: t("Đã đánh dấu", "Marked"),
  blank: t("Để trống", "Left blank"),
  change: t("Sửa", "Change"),
  changeFor: (name: string) => t(`Sửa: ${name}`, `Change: ${name}`),
  showMarks: t("Hiện mức đã chọn", "Show the chosen levels"),
  showMarksHint: t("Giữ nút để xem, thả ra là ẩn.", "Hold the button to see them; let go to hide them."),
  marksShown: t("Đang hiện các mức đã chọn.", "The chosen levels are shown."),
  marksHidden: t("Đã ẩn các mức đã chọn.", "The chosen levels are hidden."),
  blankLines: (n: number) => t(`Còn ${n} người để trống.`, `${persons(n)} left blank.`),
  final: t("Sau khi bỏ phiếu thì không sửa được nữa.", "Once cast, the ballot cannot be changed."),
  cast: t("Bỏ phiếu", "Cast the ballot"),
  backToReview: t("Về trang xem lại", "Back to the review"),

  casting: t("Đang bỏ phiếu", "Casting your ballot"),
  encrypting: (n: number, all: number) => t(`Đang mã hóa ${n}/${all}`, `Encrypting ${n}/${all}`),
  sending: t("Đang gửi phiếu đã mã hóa…", "Sending the encrypted ballot…"),
  keepOpen: t("Giữ trang này mở.", "Keep this page open.", t("Chờ một chút.", "One moment.")),
  notSealed: t("Máy này không mã hóa được phiếu", "This phone could not encrypt the ballot"),
  notSealedMore: t("Chưa có gì được gửi đi; tờ phiếu vẫn dùng được. Quét lại mã, hoặc đề nghị {bạn} gặp Ban kiểm phiếu.",
    "Nothing has been sent; your slip can still be used. Scan it again, or see the counting board."),

  recorded: t("Phiếu đã được ghi nhận", "Your ballot is recorded"),
  allRecorded: (n: number) => t(`Cả ${n} phiếu đã được ghi nhận`, `All ${n} ballots are recorded`),
  someRecorded: (n: number, all: number) => t(`${n}/${all} phiếu đã được ghi nhận`, `${n} of ${all} ballots ${n === 1 ? "is" : "are"} recorded`),
  someRecordedMore: t("Trang này chỉ biết phần ghi dưới đây. Quét lại mã trên tờ phiếu để biết về các phiếu còn lại.",
    "This page knows of those below only. Scan your slip again to learn of the others."),
  stateRecorded: t("đã được ghi nhận", "recorded"),
  stateSending: t("đang gửi", "being sent"),
  stateWaiting: t("chưa gửi được, đang gửi lại", "not sent yet, trying again"),
  afterIt: t("{Bạn} có thể đóng trang này. Không ai, kể cả người vận hành máy chủ, đọc được phiếu của {bạn}.",
    "You may close this page. Nobody, not even whoever runs the server, can read your ballot.",
    t("Không ai, kể cả người vận hành máy chủ, đọc được phiếu của {bạn}. Máy này không giữ lại gì.",
      "Nobody, not even whoever runs the server, can read your ballot. This machine keeps nothing of it.")),
  afterItTrial: t("{Bạn} có thể đóng trang này. Trong cuộc bỏ phiếu thật, không ai, kể cả người vận hành máy chủ, đọc được phiếu của {bạn}. Riêng cuộc họp mẫu này, máy chủ giữ khóa.",
    "You may close this page. In a real poll nobody, not even whoever runs the server, can read your ballot. In this sample meeting the server holds the keys.",
    t("Trong cuộc bỏ phiếu thật, không ai, kể cả người vận hành máy chủ, đọc được phiếu của {bạn}. Riêng cuộc họp mẫu này, máy chủ giữ khóa.",
      "In a real poll nobody, not even whoever runs the server, can read your ballot. In this sample meeting the server holds the keys.")),
  tracker: t("Mã tra cứu", "Tracker"),
  trackerMore: t("Mã này cho biết phiếu đã ở trong hòm, không cho biết phiếu ghi gì. Chụp hoặc chép lại nếu muốn tra cứu về sau.",
    "It tells that the ballot is in the box, never what it says. Photograph it or copy it if you want to look it up later."),
  trackersMore: t("Mỗi mã cho biết một phiếu đã ở trong hòm, không cho biết phiếu ghi gì. Chụp hoặc chép lại nếu muốn tra cứu về sau.",
    "Each tells that one ballot is in the box, never what it says. Photograph or copy them if you want to look them up later."),
  trackerQr: t("Mã QR của đường dẫn tra cứu", "QR code of the look-up link"),
  lookUp: t("Tra cứu phiếu này", "Look this ballot up"),

  notSent: t("Chưa gửi được phiếu", "Your ballot has not been sent yet"),
  notSentMore: t("Giữ trang này mở; phiếu sẽ tự gửi lại khi có mạng.",
    "Keep this page open; it will be sent when the network is back.",
    t("{Bạn} chờ ở đây; phiếu sẽ tự gửi lại khi có mạng.", "Please wait here; it will be sent when the network is back.")),
  someSent: (n: number, all: number) => t(`Mới ghi nhận ${n}/${all} phiếu`, `${n} of ${all} ballots are recorded so far`),
  someSentMore: t("Phần còn lại đang được gửi. Giữ trang này mở cho đến khi mọi phiếu được ghi nhận.",
    "The rest is being sent. Keep this page open until every ballot is recorded.",
    t("Phần còn lại đang được gửi. {Bạn} chờ ở đây cho đến khi mọi phiếu được ghi nhận.",
      "The rest is being sent. Please wait here until every ballot is recorded.")),
  notSentKept: t("Phiếu đã mã hóa được giữ trên máy này, kể cả khi trang bị đóng. Máy không giữ mã phiếu và các mức đã chọn.",
    "The encrypted ballot is kept on this phone even if the page is closed. The phone keeps neither your code nor your marks."),
  notSentOnlyHere: t("Trình duyệt này không cho lưu: nếu đóng trang trước khi gửi được, phiếu sẽ mất.",
    "This browser does not let the page keep anything: if you close it before the ballot is sent, the ballot is lost.",
    t("Phiếu đã mã hóa chỉ nằm tạm trong máy này cho đến khi gửi xong. Không tắt máy, không tải lại trang.",
      "The encrypted ballot is in this machine only until it is sent. Do not switch it off and do not reload the page.")),
  stillNotSent: t("Vẫn chưa gửi được.", "Still not sent."),
  pendingTitle: (n: number) => t(`Còn ${n} phiếu chưa gửi trên máy này`,
    n === 1 ? "1 ballot on this phone has not been sent" : `${n} ballots on this phone have not been sent`),
  pendingSent: (n: number) => t(`${n} phiếu chờ trên máy này đã được ghi nhận`,
    n === 1 ? "1 waiting ballot on this phone is now recorded" : `${n} waiting ballots on this phone are now recorded`),
  pendingRefused: t("Một phiếu chờ trên máy này không được nhận", "A waiting ballot on this phone was not accepted"),

  used: t("Tờ phiếu này đã được dùng", "This slip has been used"),
  usedByYou: t("Nếu chính {bạn} đã bỏ phiếu bằng tờ này thì phiếu đã ở trong hòm, không phải làm gì thêm.",
    "If you cast it yourself, the ballot is in the box and there is nothing more to do."),
  usedMore: t("Nếu không phải {bạn} đã bỏ phiếu, báo ngay cho Ban kiểm phiếu.",
    "If it was not you, tell the counting board at once."),
  unknown: t("Không nhận ra mã phiếu", "This code is not known"),
  unknownMore: t("Kiểm tra lại từng chữ, phân biệt chữ hoa và chữ thường.", "Check each letter, upper and lower case."),
  unknownScanned: t("Quét lại mã trên tờ phiếu. Nếu vẫn vậy, đề nghị {bạn} gặp Ban kiểm phiếu.",
    "Scan your slip again. If it stays so, please see the counting board."),
  typeAgain: t("Gõ lại mã", "Type the code again"),
  voided: t("Tờ phiếu này đã bị hủy", "This slip has been voided"),
  voidedMore: t("Đề nghị {bạn} gặp Ban kiểm phiếu.", "Please see the counting board."),
  notOpen: t("Chưa đến giờ bỏ phiếu", "Voting has not opened yet"),
  notOpenMore: t("Giữ trang này mở; trang tự kiểm tra lại vài giây một lần.",
    "Keep this page open; it checks again every few seconds."),
  checkNow: t("Kiểm tra ngay", "Check now"),
  stillNotOpen: t("Vừa kiểm tra: vẫn chưa mở.", "Just checked: not open yet."),
  closed: t("Cuộc bỏ phiếu đã kết thúc", "Voting has ended"),
  closedMore: t("Không nhận thêm phiếu nữa.", "No further ballots are accepted."),
  lateMore: t("Phiếu này đến sau khi hòm phiếu đóng nên không được ghi nhận. Báo cho Ban kiểm phiếu.",
    "This ballot came after the poll closed and is not recorded. Tell the counting board."),
  wrongPoll: t("Tờ phiếu này không thuộc cuộc bỏ phiếu đang mở", "This slip does not belong to this poll"),
  wrongPollMore: t("Chưa có gì được gửi đi. Đề nghị {bạn} gặp Ban kiểm phiếu.",
    "Nothing has been sent. Please see the counting board."),
  badElection: t("Cuộc bỏ phiếu này không đúng mẫu", "This poll is not in the right form"),
  badElectionMore: t("Trang từ chối mở để giữ bí mật phiếu. Chưa có gì được gửi đi; báo cho Ban kiểm phiếu.",
    "The page refuses to open it, to keep ballots secret. Nothing has been sent; tell the counting board."),
  refused: t("Phiếu không được nhận", "The ballot was not accepted"),
  someRefused: (n: number, all: number) => t(`${n}/${all} phiếu không được nhận`, `${n} of ${all} ballots were not accepted`),
  someRefusedMore: t("Xem từng phiếu dưới đây. Đề nghị {bạn} gặp Ban kiểm phiếu.",
    "See each ballot below, and then the counting board."),
  refusedMore: t("Máy chủ trả lời rằng phiếu không hợp lệ. Phiếu chưa được ghi nhận; đề nghị {bạn} gặp Ban kiểm phiếu.",
    "The server answered that the ballot is not valid. It is not recorded; please see the counting board."),

  rescan: t("Quét lại mã trên tờ phiếu để tiếp tục.", "Scan your slip again to go on.",
    t("Muốn dùng máy đọc thì bấm Thoát ở góc trên.", "To use the reader, press Leave at the top.")),
  rescanTitle: t("Cần mã trên tờ phiếu", "Your slip's code is needed"),
  orType: t("Hoặc gõ mã phiếu", "Or type the code"),
  codeLabel: t("Mã phiếu, 22 chữ và số", "The code: 22 letters and digits"),
  codeHint: t("Gõ liền hay có gạch, có dấu cách đều được. Chữ hoa và chữ thường khác nhau.",
    "With or without dashes and spaces. Capital and small letters differ."),
  codeRead: t("Máy đọc được:", "Read as:"),
  codeCount: (n: number, all: number) => t(`${n}/${all} ký tự`, `${n}/${all} characters`),
  legendCapital: t("chữ hoa: đậm, gạch dưới", "capital: bold, underlined"),
  legendSmall: t("chữ thường", "small letter"),
  legendDigit: t("chữ số: trong ô", "digit: boxed"),
  codeShort: (n: number) => t(`Mã còn thiếu ${n} ký tự.`, `${n} more character${n === 1 ? "" : "s"} needed.`),
  codeLong: (n: number) => t(`Mã thừa ${n} ký tự.`, `${n} character${n === 1 ? "" : "s"} too many.`),
  codeBad: (characters: string) => t(`Mã phiếu không có: ${characters}. Mã không dùng số 0, chữ O hoa, chữ I hoa, chữ l thường.`,
    `No slip has: ${characters}. Codes never use zero, capital O, capital I or small l.`),
  useCode: t("Dùng mã này", "Use this code"),
  compareTitle: t("So với màn hình hội trường", "Compare with the projector"),
  compare: t("24 chữ số này phải giống hệt 24 chữ số trên màn hình của hội nghị.",
    "These 24 digits must be exactly those on the meeting's projector."),
  same: t("Giống hệt", "They are the same"),
  different: t("Không giống", "They differ"),
  differTitle: t("Hai dãy số không giống nhau", "The digits differ"),
  differMore: t("Chưa có gì được gửi đi. So lại từng nhóm bốn chữ số. Nếu vẫn khác thì trang này không phải của hội nghị: đừng bỏ phiếu ở đây, báo ngay cho Ban kiểm phiếu.",
    "Nothing has been sent. Compare each group of four digits again. If they still differ, this page is not of your meeting: do not vote here, and tell the counting board at once."),
  compareAgain: t("So lại dãy số", "Compare again"),

  otherSlip: t("Vừa quét một tờ phiếu khác", "Another slip was scanned"),
  otherSlipMore: t("Phiếu đang đánh dấu chưa được bỏ. Nếu chuyển sang tờ phiếu mới, các mức đã chọn sẽ mất.",
    "The ballot being marked has not been cast. If you go on with the new slip, its marks are lost."),
  keepThis: t("Tiếp tục phiếu đang đánh dấu", "Go on with the ballot being marked"),
  switchSlip: t("Dùng tờ phiếu mới", "Use the new slip"),

  // A machine in the hall, for who has no phone.
  kioskTitle: t("Đưa mã trên tờ phiếu vào máy đọc, hoặc gõ mã", "Hold your slip's code before the reader, or type the code"),
  kioskReader: t("Mã từ máy đọc", "The code from the reader"),
  kioskReady: t("Sẵn sàng đọc mã", "Ready to read a code"),
  kioskAway: t("Chạm vào đây để đọc mã", "Touch here to read a code"),
  kioskPrivate: t("Máy không giữ lại gì giữa hai người. Phiếu được mã hóa trên máy này trước khi gửi đi.",
    "The machine keeps nothing between two voters. It encrypts the ballot before sending it."),
  kioskType: t("Gõ mã", "Type the code"),
  kioskCamera: t("Dùng camera của máy", "Use this machine's camera"),
  kioskCameraOff: t("Tắt camera", "Camera off"),
  kioskCameraView: t("Hình từ camera", "Picture of the camera"),
  kioskNoCamera: t("Không mở được camera. Kiểm tra xem trình duyệt có được phép dùng camera không.",
    "The camera cannot be opened. Check whether the browser may use it."),
  kioskUnread: t("Không đọc được mã này. Đưa mã lại gần máy đọc một lần nữa, hoặc gõ mã.",
    "This code cannot be read. Hold it before the reader once more, or type it."),
  kioskTelex: t("Máy đang bật bộ gõ tiếng Việt nên đọc sai mã. Đề nghị Ban kiểm phiếu tắt bộ gõ rồi quét lại.",
    "Vietnamese typing is switched on, which spoils the code. The counting board should switch it off; then scan again."),
  kioskCaps: t("Phím Caps Lock đang bật nên đọc sai mã. Tắt Caps Lock rồi quét lại.",
    "Caps Lock is on, which spoils the code. Switch it off, then scan again."),
  kioskNoPoll: t("Không có cuộc bỏ phiếu này", "There is no such poll"),
  kioskNoPollMore: t("Kiểm tra lại địa chỉ của máy bỏ phiếu.", "Check the address of this voting machine."),
  kioskDigits: t("24 chữ số của cuộc bỏ phiếu này, so với màn hình hội trường:", "This poll's 24 digits, to compare with the projector:"),
  kioskNext: t("Xong · Người tiếp theo", "Done · Next voter"),
  kioskFirst: t("Về màn hình đầu", "To the first screen"),
  kioskBack: (n: number) => t(`Tự về màn hình đầu sau ${n} giây`, `Back to the first screen in ${n} s`),
  kioskAsk: t("Còn ai ở đây không?", "Is anybody still here?"),
  kioskAskMore: t("Nếu không còn ai, máy xóa phiếu đang đánh dấu. Tờ phiếu chưa bỏ vẫn dùng được.",
    "If not, the machine clears the ballot being marked. A slip that has not been cast can still be used."),
  kioskHere: t("Tôi vẫn đang bỏ phiếu", "I am still voting"),
  kioskForget: (n: number) => t(`Tự xóa sau ${n} giây`, `Cleared in ${n} s`),
  kioskLeave: t("Thoát", "Leave"),
  kioskLeaveTitle: t("Thoát và xóa hết?", "Leave and clear everything?"),
  kioskLeaveMore: t("Các mức đã chọn sẽ mất. Phiếu chưa được bỏ; tờ phiếu vẫn dùng được, ở máy này hay trên điện thoại.",
    "Your marks will be lost. Nothing has been cast; the slip can still be used, here or on a phone."),
  kioskLeaveSent: t("Chưa biết phiếu đã vào hòm hay chưa, và máy này sẽ không gửi nữa. Giữ tờ phiếu, quét lại khi có mạng: máy sẽ cho biết, và nếu phiếu chưa vào thì bỏ lại được.",
    "It is not known whether the ballot is in the box, and this machine will not send it again. Keep the slip and scan it when the network is back: you will see, and can vote again if it is not."),
  kioskLeaveYes: t("Thoát, xóa hết", "Leave and clear"),
  kioskStay: t("Ở lại", "Stay"),
};
