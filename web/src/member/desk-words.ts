/** The words of the desk, where slips that were not used are voided. */
import type { Why } from "../scan-input";
import type { Text } from "../strings";
import type { Kind } from "./desk-void";
import { t } from "./say";

export const words = {
  title: t("Hủy tờ phiếu không dùng", "Void slips that are not used"),
  tooEarly: t("Chưa có tờ phiếu nào để hủy", "There is no slip to void yet"),
  tooEarlyMore: t("Chỉ hủy được sau khi niêm phong. Giữ trang này mở, trang tự chuyển khi đến bước này.",
    "Slips can be voided once the meeting is sealed. Keep this page open; it goes on by itself."),
  tooLate: t("Không hủy thêm tờ phiếu được nữa", "No more slips can be voided"),
  tooLateMore: t("Đã kiểm phiếu xong hoặc cuộc họp đã dừng.", "The ballots are counted, or the meeting has been ended."),
  badPapers: t("Mẫu phiếu máy chủ đưa ra không đúng. Báo ngay Trưởng ban kiểm phiếu.",
    "The ballot papers that the server gave are not right. Tell the head of the counting board at once."),

  printed: t("Đã in", "Printed"),
  why: t("Hủy tờ phiếu vì", "Void slips because"),
  scan: (kind: Kind): Text => t(`Quét mã vuông, hoặc gõ mã: ${kinds[kind].vi.toLowerCase()}`, `Scan the square code, or type the code: ${kinds[kind].en.toLowerCase()}`),
  scanHint: t("Tờ quét ở đây bị hủy ngay, không lấy lại được. Mã phiếu không rời khỏi trang này.",
    "A slip scanned here is voided at once, for good. Its code does not leave this page."),
  void: t("Hủy tờ phiếu này", "Void this slip"),
  camera: t("Bật hoặc tắt camera", "Camera on or off"),
  cameraView: t("Hình từ camera", "Picture of the camera"),
  noCamera: t("Không mở được camera. Kiểm tra xem trình duyệt có được phép dùng camera không.",
    "The camera cannot be opened. Check whether the browser may use it."),
  waiting: (n: number) => t(`Đang gửi ${n} tờ…`, `Sending ${n}…`),

  voided: (kind: Kind, n: number) => t(`Đã hủy tờ phiếu · tổng ${kinds[kind].vi.toLowerCase()}: ${n}`,
    `The slip is voided · total ${kinds[kind].en.toLowerCase()}: ${n}`),
  total: (kind: Kind, n: number) => t(`Tổng ${kinds[kind].vi.toLowerCase()}: ${n}`, `Total ${kinds[kind].en.toLowerCase()}: ${n}`),
  twice: t("Tờ phiếu này đã hủy từ trước, chỉ tính một lần", "This slip was voided before and is counted once"),
  spent: t("Tờ phiếu này đã bỏ phiếu rồi, không hủy được", "This slip has been used to vote and cannot be voided"),
  spentMore: t("Để riêng tờ này và báo Trưởng ban kiểm phiếu.", "Put this slip aside and tell the head of the counting board."),
  unknown: t("Không có tờ phiếu này trong danh sách", "This slip is not on the list"),
  unknownMore: t("Nếu gõ mã: kiểm tra từng chữ, phân biệt chữ hoa và chữ thường. Nếu quét: tờ này thuộc đợt in đã bỏ, để riêng và báo Trưởng ban kiểm phiếu.",
    "If it was typed: check each letter, upper and lower case. If it was scanned: it is of a printing that was discarded; put it aside and tell the head of the counting board."),
  elsewhere: t("Tờ phiếu này của cuộc họp khác", "This slip is of another meeting"),
  elsewhereMore: t("Chưa có gì được gửi đi. Để riêng tờ này và báo Trưởng ban kiểm phiếu.",
    "Nothing was sent. Put this slip aside and tell the head of the counting board."),
  refused: t("Máy chủ không hủy tờ phiếu này", "The server did not void this slip"),
  unreadable: t("Không đọc được, chưa hủy tờ nào", "It could not be read; no slip was voided"),
  unreadableMore: (why: Why, bad = ""): Text => whys[why](bad),

  problems: (n: number) => t(`Tờ phải xem lại: ${n}`, `Slips to look at: ${n}`),
  problemsMore: t("Theo thứ tự đã quét, tờ mới nhất ở trên.", "In the order of scanning, the latest first."),
};

/** Why a slip is voided, in the words of the counters. */
export const kinds: Record<Kind, Text> = {
  unissued: t("Chưa phát", "Not issued"),
  exchanged: t("Đổi phiếu hỏng", "Exchanged after a mistake"),
  returned: t("Trả lại chưa dùng", "Returned unused"),
};

const whys: Record<Why, (bad: string) => Text> = {
  empty: () => t("Chưa có mã. Quét lại.", "There is no code. Scan again."),
  caps: () => t("Caps Lock đang bật nên máy quét gõ ngược chữ hoa, chữ thường. Tắt Caps Lock rồi quét lại.",
    "Caps Lock is on, so the scanner types capitals for small letters. Switch it off and scan again."),
  "input-method": () => t("Bộ gõ tiếng Việt đang bật nên máy quét gõ sai chữ. Tắt bộ gõ rồi quét lại.",
    "The Vietnamese input method is on, so the scanner's letters are changed. Switch it off and scan again."),
  "not-a-slip": () => t("Đây không phải mã vuông của tờ phiếu, hoặc máy quét không đặt ở bàn phím tiếng Anh (US).",
    "This is not a slip's square code, or the scanner is not set to a US keyboard."),
  "bad-characters": (bad) => t(`Mã không có các ký tự: ${bad}. Không có số 0 và các chữ O, I, l.`,
    `Characters that no code has: ${bad}. There is no digit 0 and none of the letters O, I, l.`),
  short: () => t("Mã thiếu ký tự. Mã có 22 chữ và số.", "Characters are missing. A code has 22 letters and digits."),
  long: () => t("Mã thừa ký tự. Quét từng tờ một.", "There are too many characters. Scan one slip at a time."),
};
