import { HkdfSha256Native } from "@hpke/common";
export declare class HkdfSha256 extends HkdfSha256Native {
    extract(salt: ArrayBufferLike | ArrayBufferView, ikm: ArrayBufferLike | ArrayBufferView): Promise<ArrayBuffer>;
}
//# sourceMappingURL=hkdfSha256.d.ts.map