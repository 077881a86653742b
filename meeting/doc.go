// Package meeting holds what stands around a vote: who counts, and the steps
// from a list of people to a result.
//
// So far it knows one kind of counting board, the [TrialBoard] of sample
// meetings and demonstrations, whose secrets are all in one place. The steps
// themselves ([Seal], [AttachClosing], [Count]) take what real boards give them.
package meeting
