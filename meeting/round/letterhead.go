package round

// A Letterhead is what the papers of a round have around their text. What is
// empty is left blank on paper, to be filled in by hand; the number of a paper
// always is, since a clerk gives it.
type Letterhead struct {
	// Above is the body above the office ("Tỉnh ủy Lâm Đồng"), Issuer the office
	// under it ("Ban Tổ chức"); without an issuer it is the round's Office.
	Above  string `json:"above,omitempty"`
	Issuer string `json:"issuer,omitempty"`
	// Code stands behind the number of papers, after their type: "BTCTU".
	Code  string `json:"code,omitempty"`
	Place string `json:"place,omitempty"` // of signing: the province or town before the date
	// Title is the office of who signs ("Trưởng Ban"), and Signer the name.
	Title  string `json:"title,omitempty"`
	Signer string `json:"signer,omitempty"`
	// Recipients are the lines under "Nơi nhận", with their notes, such as
	// "Thường trực Tỉnh ủy (b/c)".
	Recipients []string `json:"recipients,omitempty"`
}
