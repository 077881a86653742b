/** The words of the checking pages, in both languages. */
import { t } from "../member/say";
import type { Text } from "../strings";
import type { Check, Phase } from "./recheck";

export const words = {
  insecure: t("Trình duyệt này quá cũ, không kiểm tra được. Dùng trình duyệt mới hơn.", "This browser is too old for the check. Use a newer one."),
  button: t("Kiểm tra lại tất cả tại đây", "Recheck everything here"),
  again: t("Kiểm tra lại lần nữa", "Check again"),
  retry: t("Thử lại", "Try again"),
  working: t("Đang kiểm tra. Giữ trang này mở.", "Checking. Keep this page open."),
  noAnswer: t("Chưa tải được các tệp. Chưa kết luận được gì.", "The files could not be downloaded. Nothing can be said yet."),
  noAnswerMore: t("Kiểm tra kết nối mạng rồi thử lại.", "Check the network, then try again."),
  failed: t("Việc kiểm tra bị dừng giữa chừng. Chưa kết luận được gì.", "The check broke off. Nothing can be said yet."),
  failedMore: t("Tải lại trang này rồi kiểm tra lại, hoặc dùng một máy khác.", "Reload this page and check again, or use another computer."),

  valid: t("ĐÚNG: mọi thứ kiểm tra được đều khớp", "VALID: everything that can be checked holds"),
  validMore: t("Máy này vừa tự tính lại toàn bộ từ các tệp tải về, không dựa vào lời của máy chủ.",
    "This computer has just computed everything again from the files it downloaded, not from what the server says."),
  refused: t("KHÔNG ĐƯỢC CHẤP NHẬN", "REFUSED"),
  refusedMore: t("Không dùng kết quả này. Lưu lại trang này và các tệp, báo Ban kiểm phiếu và cơ quan cấp trên.",
    "Do not use this result. Keep this page and the files, and tell the counting board and the superior body."),
  incomplete: t("CHƯA ĐỦ ĐỂ KẾT LUẬN", "NOT COMPLETE YET"),
  incompleteMore: t("Những gì đã có đều khớp, nhưng còn thiếu những điều nêu dưới đây.", "What is there holds, but what is named below is still missing."),
  detail: t("Chi tiết cho người kỹ thuật", "Details for technicians"),
  checked: t("Đã kiểm tra từng mục", "What was checked, one by one"),
  notReached: t("Các mục sau chưa xét, vì đã dừng ở lỗi đầu tiên.", "What follows was not looked at: the check stops at the first fault."),
  mark: { good: t("khớp", "holds"), bad: t("sai", "wrong"), open: t("chưa có", "not there yet"), note: t("lần đầu", "first time") },

  corrected: (entry: number, reason: string): Text => t(`ĐÚNG, NHƯNG ĐÃ ĐÍNH CHÍNH ở mục ${entry}: ${reason}`, `VALID, BUT CORRECTED by entry ${entry}: ${reason}`),
  correctedMore: t("Kết quả dưới đây khớp, nhưng thay cho một kết quả đã công bố trước. Ai đã nhận kết quả trước thì phải biết điều này.",
    "The result below holds, but it replaces one that had been released before. Whoever has the earlier one must know."),
  correctedBy: (entry: number): Text => t(`đã đính chính ở mục ${entry}`, `corrected by entry ${entry}`),
  corrections: t("Những lần đính chính trong sổ", "Corrections in the log"),
  correction: (entry: number, of: number, released: boolean): Text => released
    ? t(`Mục ${entry} rút lại mục ${of}, sau khi kết quả đã công bố.`, `Entry ${entry} took entry ${of} back, after the release of the result.`)
    : t(`Mục ${entry} rút lại mục ${of}, trước khi công bố kết quả.`, `Entry ${entry} took entry ${of} back, before the release of the result.`),

  before: (day: string): Text => t(`Ngày ${day} trình duyệt này đã thấy ở đây`, `What this browser saw here on ${day}`),
  now: t("Bây giờ máy chủ đưa ra", "What the server shows now"),
  nowNone: t("Không có sổ công bố nào.", "No public log at all."),
  evidence: t("Tải tệp bằng chứng", "Download the evidence"),
  evidenceMore: t("Tệp bằng chứng có hai xác nhận trái ngược nhau, cùng ký bằng khóa của sổ này. Giữ tệp ấy và gửi cho cơ quan cấp trên, cho những người chứng kiến; ai cũng kiểm tra được bằng homphieu-verify evidence.",
    "The evidence holds two statements that contradict each other, both signed with the key of this log. Keep it, and send it to the superior body and to the witnesses; everybody can check it with homphieu-verify evidence."),
  forget: t("Tôi biết vì sao sổ đã đổi", "I know why the log has changed"),
  forgetMore: t("Chỉ làm tiếp khi người phụ trách máy chủ đã báo trước, bằng văn bản hoặc gặp trực tiếp, rằng sổ được lập lại. Trình duyệt này sẽ quên sổ cũ và không nhận ra nó nữa.",
    "Go on only if those in charge of the server have said, in writing or in person, that the log was begun anew. This browser will forget the old log, and will not know it again."),
  forgetNow: t("Quên sổ cũ và kiểm tra lại", "Forget the old log and check again"),
  forgetPolicy: t("Tôi biết vì sao người chứng kiến đã đổi", "I know why the witnesses have changed"),
  forgetPolicyMore: t("Chỉ làm tiếp khi cơ quan đã được trao tờ mới, và dãy số trên tờ ấy đúng là dãy số máy chủ đưa ra bây giờ. Chỉ thấy tên giống nhau thì không đủ. Trình duyệt này vẫn nhớ các mục của sổ.",
    "Go on only if the agency was handed a new paper, and the digits on it are those that the server shows now. That the names are the same is not enough. This browser still remembers the entries of the log."),
  forgetPolicyNow: t("Nhận dãy số mới và kiểm tra lại", "Accept the new digits and check again"),

  waiting: t("Sổ công bố còn chờ người chứng kiến xác nhận", "The public log waits for witnesses to cosign it"),
  waitingMore: (published: number, signed: number): Text => t(`Máy chủ cho biết sổ có ${signed} mục, mới công bố được ${published} mục. Chưa xác nhận:`,
    `The server says that the log has ${signed} entries, of which ${published} are published. Not yet cosigned by:`),
  required: t("Máy chủ này chỉ coi kết quả là đã công bố khi đủ người chứng kiến xác nhận. Những gì còn chờ thì chưa.",
    "On this server a result counts as published only when enough witnesses have cosigned. What still waits does not."),
  requiredCounted: t("Máy chủ này chỉ coi kết quả là đã công bố khi đủ người chứng kiến xác nhận. Vì vậy các con số hiện có chưa được coi là kết quả đã công bố.",
    "On this server a result counts as published only when enough witnesses have cosigned. So the present numbers do not count as a published result yet."),

  computed: t("Kết quả do máy này tính lại", "The result as this computer has it"),
  person: t("Họ và tên", "Name"),
  invalid: t("Không hợp lệ", "Invalid"),
  ballots: (n: number): Text => t(`Số phiếu: ${n}.`, `Ballots: ${n}.`),

  logTitle: t("Sổ công bố đã xem", "The public log that was read"),
  logName: t("Tên sổ", "Name of the log"),
  logKey: t("Khóa của sổ", "Key of the log"),
  logSize: t("Số mục", "Entries"),
  logRoot: t("Mã chung của mọi mục", "One hash over all entries"),
  digits: t("Dãy số của sổ, để so", "Digits of the log, to compare"),
  parties: t("Khóa của sổ và của từng người chứng kiến", "Keys of the log and of each witness"),
  partiesMore: t("Dãy số được tính từ đúng những dòng này (SHA-256).", "The digits are computed from these very lines (SHA-256)."),
  cosigned: t("Đã xác nhận các mục này", "Cosigned by"),
  missing: t("Chưa xác nhận các mục này", "Not yet cosigned by"),
  nobody: t("không có", "none"),
  unwitnessed: t("Sổ công bố này không cần người chứng kiến nào xác nhận", "This log needs no witness"),
  unwitnessedMore: t("Chỉ có chữ ký của chính máy chủ, nên không loại trừ được việc nó đưa cho nơi khác một cuốn sổ khác.",
    "It is signed by the server alone, which could show others another log."),
  compare: t("So cả 24 chữ số với tờ đã giao cho cơ quan. Dãy số ấy gồm khóa của sổ, khóa của từng người chứng kiến và số người phải xác nhận. Chỉ so tên thì không đủ: ai cũng đặt được tên ấy cho khóa của mình. Trang này do chính máy chủ ấy đưa ra, nên chỉ có cách so này mới cho biết đã xem đúng sổ.",
    "Compare all 24 digits with the paper that the agency was given. They stand for the key of the log, the key of each witness, and how many must cosign. Names are not enough: anybody can give such a name to a key of their own. Since this very server has sent this page, only that comparison shows that this is the right log."),

  ownPolicy: t("Dùng tệp policy.txt của cơ quan mình", "Use my agency's own policy.txt"),
  ownPolicyHint: t("Tệp có khóa của sổ và tên những người chứng kiến, được trao tận tay. Không chọn thì dùng tệp do máy chủ này đưa ra.",
    "The file with the log's key and the names of the witnesses, as it was handed over in person. Without one, that of this server is used."),

  receiptButton: t("Kiểm tra biên nhận tại đây", "Check the receipt here"),
  receiptPaste: t("Hoặc dán nội dung biên nhận", "Or paste the text of the receipt"),
  receiptFile: t("Tệp biên nhận", "Receipt file"),
  receiptNone: t("Chọn tệp biên nhận hoặc dán nội dung của nó.", "Choose the receipt's file, or paste its text."),
  receiptGood: t("Biên nhận ĐÚNG", "The receipt is VALID"),
  receiptGoodMore: t("Phiếu có mã tra cứu này nằm trong hòm khi đóng hòm phiếu, và việc đóng hòm đã được ghi vào sổ công bố nêu dưới đây.",
    "The ballot with this tracker was in the box when it closed, and the closing stands in the public log that is named below."),
  receiptBad: t("Biên nhận KHÔNG ĐÚNG", "The receipt is REFUSED"),
  receiptBadMore: t("Biên nhận này bị sửa, bị hỏng, hoặc thuộc sổ công bố khác.", "This receipt was altered or damaged, or belongs to another log."),
  receiptStopped: t("Chưa kiểm tra biên nhận", "The receipt was not checked"),
  receiptWeak: t("Biên nhận khớp, nhưng chưa đủ người chứng kiến xác nhận", "The receipt holds, but too few witnesses have cosigned it"),
  receiptWeakMore: t("Tải lại biên nhận sau.", "Download the receipt again later."),
  receiptNot: t("Biên nhận không cho biết phiếu đánh dấu gì, và không nói gì về kết quả.", "A receipt does not tell what the ballot says, and says nothing about the result."),
  noPolicy: t("Máy chủ này không có sổ công bố. Chọn tệp khóa và người chứng kiến (policy.txt) đã giữ cùng biên nhận.",
    "This server has no public log. Choose the file of keys and witnesses (policy.txt) that was kept with the receipt."),
  tracker: t("Mã tra cứu", "Tracker"),
  poll: t("Cuộc bỏ phiếu", "Poll"),
  entry: t("Mục trong sổ", "Entry of the log"),

  listing: t("Đang đọc sổ công bố…", "Reading the public log…"),
  listGood: (n: number): Text => t(`Sổ công bố có ${n} mục, máy này đã đọc và kiểm tra hết.`, `The public log has ${n} entries; this computer has read and checked all of them.`),
  listBad: t("Sổ công bố không đúng", "The public log is refused"),
  listNone: t("Máy chủ này không có sổ công bố.", "This server has no public log."),
  stages: [
    t("chưa ghi vào sổ", "not in the log"), t("đã niêm phong", "sealed"), t("đã đóng hòm phiếu", "closed"),
    t("đã kiểm phiếu", "counted"), t("đã công bố", "published"),
  ],
  takenBack: t("đã hủy", "taken back"),
  takenBackPart: t("đã rút lại, chưa ghi lại", "taken back, not said anew yet"),
  unlisted: t("Có trong sổ, máy chủ không nêu", "In the log, but not named by the server"),
};

/** What each check has looked at. */
export const checks: Record<Check, Text> = {
  archive: t("Hồ sơ: chuỗi liền mạch, mỗi phiếu có chứng minh đúng, mỗi tờ phiếu bỏ một lần.", "Archive: the chain is unbroken, each ballot's proofs hold, each slip was used once."),
  tally: t("Kiểm phiếu: tích các phiếu, chứng minh giải mã và từng con số của kết quả.", "Tally: the product of the ballots, the decryption proofs, and each number of the result."),
  closing: t("Biên bản đóng hòm phiếu: đủ chữ ký, số tờ phiếu in, phát, thu cân khớp.", "Closing file: signed by enough, and the slips are accounted for."),
  numbers: t("Các con số hiện trên trang này: so với hồ sơ.", "The numbers on this page, against the archive."),
  log: t("Sổ công bố: mọi mục, chuỗi, mã chung, chữ ký của sổ và của người chứng kiến.", "Public log: every entry, the chain, the hash over all, the signatures of the log and of the witnesses."),
  seen: t("Sổ công bố, khóa và người chứng kiến: so với lần trước mà trình duyệt này đã thấy ở đây.", "Public log, keys and witnesses, against what this browser has seen here before."),
  sealed: t("Việc niêm phong ghi trong sổ: so với cuộc bỏ phiếu này.", "The sealing in the log, against this poll."),
  closed: t("Việc đóng hòm ghi trong sổ: số phiếu, sự kiện cuối, biên bản đóng hòm, danh sách mã tra cứu.", "The closing in the log: number of ballots, last event, closing file, list of trackers."),
  result: t("Mã của kết quả, ghi kín trong sổ trước khi công bố: so với kết quả này.", "The hash of the result, sealed in the log before the release, against this result."),
};

/** Why a check has nothing to look at, or what there is to say instead. */
export const open: Record<string, Text> = {
  notClosed: t("Chưa đóng hòm phiếu.", "The box is not closed yet."),
  notCounted: t("Chưa kiểm phiếu, hoặc kết quả chưa được công bố.", "Not counted, or the result is not released yet."),
  noLog: t("Máy chủ này không có sổ công bố, nên không ai biết nó có đưa cho nơi khác một kết quả khác hay không.",
    "This server has no public log, so nobody knows whether it shows others another result."),
  notPublished: t("Sổ công bố của máy chủ này chưa có gì được đủ người chứng kiến xác nhận.", "Nothing in this server's public log has been cosigned by enough witnesses yet."),
  notLogged: t("Sổ công bố chưa ghi.", "The public log does not say it yet."),
  notOpened: t("Sổ chưa công bố mã của kết quả.", "The log has not published the hash of the result yet."),
  firstWitnesses: t("Sổ vẫn là sổ đã thấy, nhưng dãy số của nó (khóa, người chứng kiến) thì trình duyệt này nhận lần đầu. So dãy số ấy với tờ đã giao cho cơ quan.",
    "The log is the one seen before, but this browser takes its digits (keys, witnesses) for the first time. Compare them with the paper that the agency was given."),
  firstSeen: t("Trình duyệt này thấy sổ ở đây lần đầu, chưa có gì để so. Từ nay nó nhớ sổ này và sẽ báo nếu sổ bị đổi.",
    "This browser sees the log here for the first time, and has nothing to compare it with yet. From now on it remembers this log, and will say if it changes."),
};

/** What is being done. */
export const phases: Record<Phase, (done: number, total: number) => Text> = {
  log: (done, total) => t(`Đang đọc sổ công bố ${done}/${total}`, `Reading the public log ${done}/${total}`),
  archive: () => t("Đang tải hồ sơ", "Downloading the archive"),
  ballots: (done, total) => t(`Đang kiểm tra phiếu ${done}/${total}`, `Checking ballot ${done}/${total}`),
  compare: () => t("Đang so hồ sơ với sổ công bố", "Comparing the archive with the log"),
};

/** The kinds of faults, by what a reason contains; the first that fits. */
const KINDS: [RegExp, Text][] = [
  [/^fork/, t("Sổ công bố có hai lịch sử khác nhau: các mục đầu không còn là những mục mà trình duyệt này đã thấy.", "The log shows two histories: its first entries are not those that this browser has seen.")],
  [/^shrunk/, t("Sổ công bố bị cắt bớt: trình duyệt này đã thấy nhiều mục hơn.", "The log has been cut: this browser has seen more entries.")],
  [/^log: another than this browser.*now there is none$/, t("Trước đây máy chủ này có sổ công bố, bây giờ thì không.", "This server had a public log before, and has none now.")],
  [/^policy: another than this browser/, t("Người chứng kiến của sổ đã đổi. Tên có thể vẫn như cũ, nhưng khóa của họ hoặc số người phải xác nhận không còn như trình duyệt này đã thấy.",
    "The witnesses of the log have changed. The names may be the same, but their keys, or how many must cosign, are not those that this browser has seen.")],
  [/^log: another than this browser/, t("Sổ công bố đã bị thay bằng một sổ khác: khác tên hoặc khác khóa.", "The public log was replaced by another one: its name or its key is another.")],
  [/^strict: /, t("Thiếu một tệp phải có cạnh hồ sơ.", "A file that must lie beside the archive is missing.")],
  [/^closing file/, t("Biên bản đóng hòm phiếu không khớp với hồ sơ hoặc thiếu chữ ký.", "The closing file does not fit the archive, or lacks signatures.")],
  [/^page: /, t("Con số trên trang này không phải của hồ sơ.", "The numbers on this page are not those of the archive.")],
  [/^result\.json/, t("Tệp kết quả nói những con số khác với hồ sơ.", "The result file says other numbers than the archive.")],
  [/too few cosignatures/, t("Chưa đủ người chứng kiến xác nhận sổ công bố.", "Too few witnesses have cosigned the log.")],
  [/on, taken back/, t("Sổ công bố đã rút lại điều đã ghi về cuộc bỏ phiếu này và chưa ghi lại. Hãy đợi rồi kiểm tra lại.", "The log has taken back what it said of this poll, and has not said it anew. Wait, and check again.")],
  [/taken back/, t("Cuộc bỏ phiếu này đã bị hủy, sổ công bố ghi như vậy.", "This poll was taken back; the log says so.")],
  [/^log: /, t("Hồ sơ và sổ công bố nói khác nhau.", "The archive and the public log say different things.")],
  [/^checkpoint|^entry \d|^tile|^policy|^opened/, t("Sổ công bố bị sửa, thiếu hoặc ký sai.", "The public log was altered, lacks something, or is wrongly signed.")],
  [/^archive: |^file /, t("Tệp hồ sơ bị hỏng, bị cắt hoặc không phải của cuộc bỏ phiếu này.", "The archive's file is damaged, cut off, or of another poll.")],
  [/already used|of another ballot: alpha/, t("Có một tờ phiếu được bỏ hai lần, hoặc một phiếu được chép lại.", "A slip was used twice, or a ballot was copied.")],
  [/\(Ballot\): credential: unknown/, t("Có một phiếu không bỏ bằng tờ phiếu nào trong danh sách đã niêm phong.", "A ballot was cast with no slip of the sealed list.")],
  [/made for another election/, t("Có một phiếu của cuộc bỏ phiếu khác.", "A ballot belongs to another election.")],
  [/\(Ballot\): ballot: /, t("Có một phiếu sai dạng, bị sửa, hoặc chứng minh của nó không đúng.", "A ballot is malformed or altered, or its proof does not hold.")],
  [/\(Setup\)/, t("Phần niêm phong của hồ sơ không đúng.", "The archive's setup does not hold.")],
  [/encrypted tally/, t("Tổng được đem giải mã không phải của đúng những phiếu trong hòm.", "What was decrypted is not the sum of just the ballots in the box.")],
  [/decryption|^shares/, t("Việc giải mã không đúng, hoặc thiếu thành viên Ban kiểm phiếu.", "The decryption does not hold, or members of the counting board are missing.")],
  [/\(Result\)/, t("Các con số của kết quả không phải là thứ đã giải mã được.", "The numbers of the result are not what was decrypted.")],
  [/chain: /, t("Chuỗi hồ sơ bị đứt hoặc bị sửa.", "The chain of the archive is broken or altered.")],
];

const OTHER = t("Hồ sơ không đúng.", "The archive does not hold.");

/** What is wrong, in plain words. */
export function plainly(reason: string): Text {
  return KINDS.find(([pattern]) => pattern.test(reason))?.[1] ?? OTHER;
}
