// Package round follows a round of confidence votes from the superior's side:
// which agencies vote on which posts until when, what each of them has done, the
// packages that they send, and the consolidated result.
//
//	agencies ─┐
//	          ├─▶ Round: groups of posts, their order, dates ──▶ Follow: who has prepared, voted, sent; who is late, and by which rule
//	groups  ──┘         ▲                                                  ▲
//	                    │ round file                                       │
//	                 agency ── package: archive, proofs, papers ──▶ Office.Receive ─▶ accepted ─▶ Consolidate ─▶ report, letter, tables
//	                    ◀───────────── receipt ────────────────────────────┘      └─▶ apart, with the reason
//
// A package counts only when everything in it was verified here: the sender's
// word is never taken for a number. What does not hold is kept apart with its
// reason, and nothing that was received is ever thrown away.
//
// Agencies, their kinds and the groups of posts are data: no level of
// administration is known to this package. A person has no number here; two
// entries of the same name are one person only where an agency or an officer
// says so.
package round
