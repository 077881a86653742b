// Package meeting holds what stands around a vote: who prepares it, who counts,
// and the steps from a list of people to a result.
//
// # The way of a meeting
//
// A [Meeting] is what is known of it beside its ballot boxes. It goes forward
// only, and an [Office] takes its steps:
//
//	draft      the secretary writes down plan, persons, board and who is summoned
//	keys       the board makes its keys, each member on an own device
//	slips      the papers are drawn up under that key; slips are made; the board
//	           opens a rehearsal, test ballots whose sums are known
//	rehearsed  enough members did
//	sealed     each paper has a ballot box; rule set, slips and key are frozen.
//	           The meeting confirms its board, and unissued slips are voided
//	open       ballots are taken
//	closed     two members ended it; the counts of slips must agree, two members
//	           sign them, and only then do members contribute their shares
//	tallied    enough did, for every paper; the chair releases the result
//	signed     the minutes are signed
//
// From any state before signed, the chair and two members can take it to
// abandoned, where nothing is decrypted any more; a new version of it is another
// meeting.
//
// # Who may do what
//
// Stands in one table, [May]. Every step is refused with [ErrRole] to others, to
// the seats of other meetings, to seats of people whom plan and board do not name
// any more, and to members whom the meeting has replaced.
// Every other refusal is one of the errors of this package, often a [Refusal]
// with what people must see to mend it.
//
// # Rules
//
// Quorums, thresholds, reasons of exemption and deadlines are data: a [RuleSet].
// They are compared in integers; percentages are for display.
//
// # Sample meetings
//
// A [TrialBoard] has the secrets of all its members in one place: for sample
// meetings, which say so on every page, and for demonstrations.
package meeting
