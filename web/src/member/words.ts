/** The words of a board member's pages that belong to no task. */
import type { KeyFault } from "./keyfile";
import { t } from "./say";
import type { Text } from "../strings";

export const words = {
  offline: t("Chưa kết nối được với máy chủ. Trang này tự thử lại, không có gì bị mất. Giữ trang này mở.",
    "The server cannot be reached. This page tries again by itself; nothing is lost. Keep this page open."),
  retry: t("Thử lại ngay", "Try again now"),
  insecure: t("Trình duyệt không cho tính toán mật mã ở địa chỉ này", "The browser does not allow cryptography at this address"),
  insecureMore: t("Mở trang bằng địa chỉ bắt đầu bằng https, hoặc dùng trình duyệt mới hơn.",
    "Open the page at its https address, or use a newer browser."),
  broken: t("Trang này gặp lỗi", "This page has failed"),
  brokenMore: t("Tải lại trang này để làm tiếp. Khóa hạt giống đã chép và tệp khóa đã lưu vẫn còn giá trị.",
    "Reload this page to go on. The seed you copied and the key file you saved are still good."),
  refused: t("Máy chủ từ chối", "The server refused"),

  openTitle: t("Mở khóa", "Open the key"),
  openKey: t("Chọn tệp khóa đã lưu, hoặc gõ khóa hạt giống đã chép ra giấy. Khóa chỉ nằm trong trang này và không được gửi đi.",
    "Choose the key file that was saved, or type the seed that was copied to paper. The key stays in this page and is not sent anywhere."),
  keyFile: t("Tệp khóa", "Key file"),
  orType: t("Hoặc gõ khóa hạt giống", "Or type the seed"),
  seed: t("Khóa hạt giống", "Seed"),
  seedHint: t("22 ký tự, phân biệt chữ hoa và chữ thường; gạch nối và dấu cách không quan trọng.",
    "22 characters; upper and lower case count, dashes and spaces do not."),
  seedBad: (bad: string) => t(`Có ký tự không dùng trong khóa hạt giống: ${bad}. Không có số 0, chữ O hoa, chữ I hoa và chữ l thường.`,
    `Characters that no seed has: ${bad}. There is no digit 0, capital O, capital I or small l.`),
  seedLength: (n: number) => t(`Khóa hạt giống có 22 ký tự, mới gõ ${n}.`, `A seed has 22 characters; ${n} were typed.`),
  useSeed: t("Dùng khóa hạt giống này", "Use this seed"),
  unread: t("Không đọc được tệp này. Rút USB ra, cắm lại rồi chọn lại tệp.", "This file cannot be read. Take the USB stick out, plug it in again and choose the file again."),
  fault: (fault: KeyFault, owner: string): Text => faults[fault](owner),

  saveKeyTitle: t("Lưu tệp khóa", "Save the key file"),
  saveKeyWhere: t("Lưu tệp khóa vào USB của riêng mình. Sau khi đóng hòm phiếu, phải có tệp này hoặc khóa hạt giống thì mới mở được kết quả.",
    "Save the key file on a USB stick of your own. After the box is closed, this file or the seed is needed to open the result."),
  saveKeySecret: t("Không gửi tệp này qua mạng và không đưa cho ai khác. Ai gom đủ tệp khóa của các thành viên thì đọc được từng lá phiếu.",
    "Do not send this file over a network, and give it to nobody. Whoever holds the key files of enough members can open single ballots."),
  saveKey: t("Lưu tệp khóa", "Save the key file"),
  keySaved: t("Tôi đã thấy tệp này trong USB", "I have seen the file on the USB stick"),
};

const faults: Record<KeyFault, (owner: string) => Text> = {
  "not-a-key-file": () => t("Tệp này không phải tệp khóa. Chọn tệp có tên bắt đầu bằng “khoa-”.",
    "This is no key file. Choose the file whose name begins with “khoa-”."),
  damaged: () => t("Tệp khóa này đã bị hỏng hoặc bị sửa. Dùng bản sao khác, hoặc gõ khóa hạt giống.",
    "This key file is damaged or was changed. Use another copy, or type the seed."),
  "other-meeting": () => t("Tệp khóa này thuộc cuộc họp khác.", "This key file belongs to another meeting."),
  "other-ceremony": () => t("Tệp khóa này thuộc lần tạo khóa trước, nay không dùng nữa. Chọn tệp của lần tạo khóa sau cùng.",
    "This key file is of an earlier ceremony and is no longer used. Choose the file of the last ceremony."),
  "other-member": (owner) => t(`Tệp khóa này là của ${owner}. Mỗi thành viên dùng tệp của chính mình.`,
    `This key file is ${owner}'s. Each member uses their own.`),
  "wrong-seed": () => t("Khóa hạt giống này không phải khóa đã dùng khi tạo khóa chung. Kiểm tra lại từng ký tự.",
    "This is not the seed with which the common key was made. Check each character."),
  "other-transcript": () => t("Tệp khóa này không khớp với bộ khóa mà máy chủ đang giữ. Dừng lại và báo ngay Trưởng ban kiểm phiếu.",
    "This key file does not fit the keys that the server holds now. Stop, and tell the head of the counting board at once."),
};
