/** The words of the ceremony. Sentences can be read aloud as they stand. */
import type { Step } from "../ceremony/transcript";
import { t } from "./say";
import type { Text } from "../strings";

const members = (n: number) => (n === 1 ? "1 member" : `${n} members`);

export const words = {
  title: t("Tạo khóa chung của Ban kiểm phiếu", "Making the counting board's common key"),
  onlyMembers: t("Trang này chỉ dành cho thành viên Ban kiểm phiếu.", "This page is for members of the counting board only."),
  notBegun: t("Thư ký cuộc họp chưa bắt đầu việc tạo khóa. Giữ trang này mở; trang sẽ tự chuyển tiếp.",
    "The meeting's secretary has not begun the ceremony yet. Keep this page open; it goes on by itself."),

  // The beginning
  what: (threshold: number, size: number) => t(
    `Mỗi thành viên có một khóa riêng. Có đủ ${threshold} trong ${size} thành viên thì mới mở được kết quả; ít hơn thì không ai đọc được gì, kể cả máy chủ.`,
    `Each member has a key of their own. It takes ${threshold} of ${members(size)} to open the result; fewer, or the server, can read nothing.`),
  who: (name: string) => t(`Trang này là của ${name}. Chỉ ${name} được nhìn màn hình này.`,
    `This page is ${name}'s. Nobody but ${name} may see this screen.`),
  prepare: t("Chuẩn bị tờ ghi khóa và bút, một phong bì, và một USB của riêng mình.",
    "Have ready the key form and a pen, an envelope, and a USB stick of your own."),
  begin: t("Tạo khóa hạt giống", "Make the seed"),

  // The seed
  seedTitle: t("Chép khóa hạt giống ra giấy", "Copy the seed to paper"),
  seedHow: t("Chép tay 22 ký tự dưới đây vào tờ ghi khóa, đúng chữ hoa, chữ thường và chữ số. Từ khóa hạt giống này làm lại được mọi thứ nếu máy hỏng hoặc mất USB.",
    "Copy the 22 characters below by hand on the key form, exactly, upper and lower case and digits. From the seed everything can be made again if the device breaks or the USB stick is lost."),
  seedOnly: t("Không chụp ảnh, không gửi đi, không đọc to.", "Do not photograph it, do not send it, do not read it aloud."),
  capital: t("chữ hoa, gạch dưới", "capital, underlined"),
  small: t("chữ thường", "small letter"),
  digit: t("chữ số, trong ô", "digit, in a box"),
  saveSeed: t("Lưu thành tệp vào USB", "Save as a file on the USB stick"),
  printSeed: t("In khóa hạt giống", "Print the seed"),
  printBlank: t("In tờ trống để chép tay", "Print an empty form"),
  copied: t("Đã chép xong", "I have copied it"),

  // Asked back
  backTitle: t("Nhập lại khóa hạt giống", "Enter the seed again"),
  backWhy: t("Nhìn vào tờ giấy vừa chép và gõ lại, để biết chắc đã chép đúng. Trang này chưa gửi gì đi; đúng từng ký tự thì mới sang bước sau.",
    "Look at what you have written and type it, to be sure that it is right. This page has sent nothing yet; it goes on when every character is right."),
  backWhole: t("Gõ cả 22 ký tự", "Type all 22 characters"),
  backFile: t("Hoặc chọn tệp vừa lưu, rồi gõ hai nhóm", "Or choose the file that was saved, and type two groups"),
  backFileLabel: t("Tệp khóa hạt giống", "Seed file"),
  group: (n: number) => t(`Nhóm ${n}`, `Group ${n}`),
  check: t("Kiểm tra", "Check"),
  notSame: (groups: Text) => t(`Chưa giống khóa hạt giống: ${groups.vi}. So lại tờ giấy với khóa hạt giống.`,
    `Not the same as the seed: ${groups.en}. Compare the paper with the seed.`),
  noFile: t("Chưa chọn tệp khóa hạt giống.", "No seed file has been chosen."),
  wrongFile: t("Tệp này không có khóa hạt giống vừa tạo.", "This file does not hold the seed that was just made."),
  rightFile: t("Tệp đúng.", "The file is right."),
  look: t("Xem lại khóa hạt giống", "Look at the seed again"),

  // Waiting
  steps: {
    hello: t("Mọi người tạo khóa hạt giống", "Everybody makes a seed"),
    certificate: t("Các máy trao đổi chứng thư", "The devices exchange certificates"),
    commit: t("Đọc và so bốn chữ số", "Four digits are read and compared"),
    reveal: t("Các máy trao đổi phần khóa", "The devices exchange parts of the key"),
    key: t("Mỗi máy kiểm tra phần của các máy khác", "Each device checks the parts of the others"),
    done: t("Lưu tệp khóa", "The key files are saved"),
  } as Record<Step, Text>,
  waitTitle: t("Đang chờ các thành viên khác", "Waiting for the other members"),
  working: t("Máy này đang tính toán", "This device is computing"),
  stepOf: (n: number, of: number) => t(`Bước ${n} trong ${of}`, `Step ${n} of ${of}`),
  ready: t("đã xong", "done"),
  awaited: t("đang chờ", "awaited"),
  you: t("máy này", "this device"),
  stillWaiting: (names: string) => t(`Còn chờ: ${names}.`, `Still waiting for: ${names}.`),
  keepOpen: t("Giữ trang này mở. Trang tự chuyển sang bước sau.", "Keep this page open. It goes on by itself."),

  // Digits
  digitsTitle: t("Đọc và so bốn chữ số", "Read and compare four digits"),
  digitsHow: t("Theo thứ tự trong bảng, từng người đọc to bốn chữ số của mình. Nghe người khác đọc, nhìn vào bảng trên máy này; giống thì đánh dấu.",
    "In the order of the table, each member reads their own four digits aloud. Listen, look at the table on this device, and tick what is the same."),
  digitsWhy: t("Chữ số khác nhau nghĩa là có người xen vào giữa các máy.", "Different digits mean that somebody stands between the devices."),
  name: t("Thành viên", "Member"),
  digits: t("Bốn chữ số", "Four digits"),
  heard: t("Nghe và so", "Compared"),
  readAloud: t("Đọc to dòng này", "Read this one aloud"),
  same: t("Giống", "Same"),
  allSame: t("Chữ số của mọi người đều đúng", "Everybody's digits are right"),
  different: t("Không giống", "Not the same"),
  differentTitle: t("Dừng lại: chữ số không giống nhau", "Stop: the digits differ"),
  differentWhat: t("Máy này không gửi gì thêm. Báo ngay thư ký cuộc họp để tạo khóa lại từ đầu, trên mạng khác hoặc máy khác. Không thành viên nào được bấm “đều đúng”.",
    "This device sends nothing more. Tell the meeting's secretary at once to begin the ceremony again, over another network or on other devices. No member may press “right”."),
  digitsStay: t("Nghe ai đọc khác bảng này thì báo ngay thư ký cuộc họp.", "If anybody reads digits that differ from this table, tell the meeting's secretary at once."),
  ofMembers: (threshold: number, size: number) => t(`Mở được kết quả khi có đủ ${threshold} trong ${size} thành viên.`,
    `It takes ${threshold} of ${members(size)} to open the result.`),
  compareAgain: t("Nghe và so lại", "Listen and compare again"),

  // The end
  finishedTitle: t("Đã tạo xong khóa chung", "The common key is made"),
  finishedWhat: t("Mọi thành viên đã xác nhận cùng một bộ khóa. Có thể đóng trang này.", "All members have confirmed the same keys. This page may be closed."),
  keepFile: t("USB có tệp khóa: giữ bên mình, mang theo đến cuộc họp.", "The USB stick with the key file: keep it with you and bring it to the meeting."),
  keepPaper: t("Tờ giấy có khóa hạt giống: cho vào phong bì, dán kín, ký niêm phong, cất ở nơi khác với USB.",
    "The paper with the seed: put it into the envelope, seal and sign it, and keep it apart from the USB stick."),
  keepApart: t("Không để tệp khóa của hai thành viên ở cùng một nơi.", "Never keep two members' key files in one place."),
  checkKey: t("Kiểm tra khóa của mình", "Check your own key"),
  saveAgain: t("Lưu lại tệp khóa", "Save the key file again"),

  // Failures
  failedTitle: t("Lần tạo khóa này đã dừng", "This ceremony has ended without a key"),
  complained: (by: string, about: string) => t(`Máy của ${by} báo: phần khóa nhận từ máy của ${about} không đúng.`,
    `${by}'s device says that the part it got from ${about}'s device is wrong.`),
  brokenOff: t("Thư ký cuộc họp đã dừng lần tạo khóa này.", "The meeting's secretary has broken this ceremony off."),
  faultTitle: t("Dừng lại: kiểm tra không đạt", "Stop: a check has failed"),
  faultOf: (name: string, step: Step | "complaint") => t(`Dữ liệu mang tên ${name} không đúng ở bước “${stepName(step).vi}”.`,
    `What came in the name of ${name} does not hold at the step “${stepName(step).en}”.`),
  faultOwn: t("Máy chủ đưa ra dữ liệu mang tên thành viên này nhưng không do máy này tạo ra.", "The server shows something in this member's name that this device has not made."),
  faultForm: t("Biên bản tạo khóa mà máy chủ đưa ra không đúng dạng.", "The transcript that the server shows is not in its form."),
  faultTerms: t("Biên bản tạo khóa mà máy chủ đưa ra không phải của lần tạo khóa này.", "The transcript that the server shows is not that of this ceremony."),
  faultNames: t("Danh sách Ban kiểm phiếu có người không có tên, hoặc hai người trùng tên.", "On the counting board somebody has no name, or two members have the same."),
  otherHellos: t("Máy chủ đã đổi lời hứa của thành viên sau khi máy này gửi chứng thư.", "The server has exchanged members' promises after this device sent its certificate."),
  forgotten: t("Máy này không còn biết các lời hứa đã thấy: khóa được tạo dở trên máy khác, hoặc trình duyệt đã xóa dữ liệu. Bắt đầu lại cho an toàn.",
    "This device no longer knows the promises that were seen: the ceremony was begun on another device, or the browser has cleared its data. Begin again, to be safe."),
  nothingSent: t("Máy này không gửi gì thêm.", "This device sends nothing more."),
  restart: t("Báo thư ký cuộc họp bắt đầu tạo khóa lại. Khi thư ký bắt đầu, trang này tự chuyển tiếp và tạo khóa hạt giống mới. Gạch bỏ khóa hạt giống cũ; không dùng lại.",
    "Tell the meeting's secretary to begin the ceremony again. When that is done, this page goes on by itself and makes a new seed. Cross out the old seed; it is not used again."),
  resume: t("Tiếp tục việc tạo khóa", "Go on with the ceremony"),

  // The printed form
  formTitle: t("TỜ GHI KHÓA HẠT GIỐNG", "SEED FORM"),
  formMeeting: t("Cuộc họp", "Meeting"),
  formName: t("Họ và tên", "Name"),
  formPlace: t("Thành viên số", "Member number"),
  formCeremony: t("Lần tạo khóa", "Ceremony"),
  formRule: t("22 ký tự: chữ hoa, chữ thường và chữ số; không có số 0, chữ O hoa, chữ I hoa và chữ l thường. Chữ hoa có gạch dưới.",
    "22 characters: capitals, small letters and digits; there is no digit 0, capital O, capital I or small l. Capitals are underlined."),
  formKeep: t("Cho vào phong bì, dán kín và ký niêm phong. Ai có tờ này thì có khóa của người ghi tên.",
    "Put it into an envelope, seal and sign it. Who has this paper has the key of the person named."),
  formSign: t("Ký tên, ngày", "Signature, date"),
};

function stepName(step: Step | "complaint"): Text {
  return step === "complaint" ? t("Báo lỗi", "Complaint") : words.steps[step];
}
