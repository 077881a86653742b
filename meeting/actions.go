package meeting

import (
	"slices"

	"github.com/homphieu/homphieu/meeting/staff"
)

// An Action is something that is done with a meeting. Its text is what the
// audit log says.
type Action string

// The actions, in the order of a meeting's life.
const (
	ActView        Action = "meeting.view"
	ActCreate      Action = "meeting.create"
	ActPlan        Action = "meeting.plan"
	ActPeople      Action = "meeting.people"
	ActDocuments   Action = "meeting.documents"
	ActBoard       Action = "meeting.board"
	ActPrepare     Action = "meeting.prepare"
	ActAssign      Action = "round.assign"
	ActNotice      Action = "package.notice"
	ActSeats       Action = "meeting.seats"
	ActAttendance  Action = "meeting.attendance"
	ActStartKeys   Action = "meeting.keys"
	ActCeremony    Action = "ceremony.message"
	ActDrawUp      Action = "meeting.papers"
	ActUploadSlips Action = "slips.upload"
	ActRehearse    Action = "rehearsal.start"
	ActSeal        Action = "meeting.seal"
	ActApprove     Action = "board.approve"
	ActDesk        Action = "slips.desk"
	ActIssued      Action = "slips.issued"
	ActUsed        Action = "slips.used"
	ActOpen        Action = "meeting.open"
	ActClose       Action = "meeting.close"
	ActSignClosing Action = "closing.sign"
	ActContribute  Action = "tally.contribute"
	ActPublish     Action = "result.publish"
	ActFiling      Action = "papers.filing"
	ActPrint       Action = "papers.print"
	ActReturn      Action = "papers.return"
	ActDiscard     Action = "papers.discard"
	ActSign        Action = "meeting.sign"
	ActPack        Action = "package.make"
	ActCompare     Action = "round.compare"
	ActSend        Action = "package.sent"
	ActReceipt     Action = "package.receipt"
	ActAbandon     Action = "meeting.abandon"
	ActNewVersion  Action = "meeting.version"
)

// mayDo is who may take which action, and the only place that says so.
var mayDo = map[Action][]staff.Role{
	ActView:        {staff.Secretary, staff.Chair, staff.Member, staff.Auditor},
	ActCreate:      {staff.Secretary},
	ActPlan:        {staff.Secretary},
	ActPeople:      {staff.Secretary},
	ActDocuments:   {staff.Secretary},
	ActBoard:       {staff.Secretary},
	ActPrepare:     {staff.Secretary},
	ActAssign:      {staff.Secretary},
	ActNotice:      {staff.Secretary},
	ActSeats:       {staff.Secretary},
	ActAttendance:  {staff.Secretary, staff.Chair},
	ActStartKeys:   {staff.Secretary},
	ActCeremony:    {staff.Member},
	ActDrawUp:      {staff.Secretary},
	ActUploadSlips: {staff.Member},
	ActRehearse:    {staff.Secretary},
	ActSeal:        {staff.Chair},
	ActApprove:     {staff.Secretary, staff.Chair},
	ActDesk:        {staff.Member},
	ActIssued:      {staff.Member},
	ActUsed:        {staff.Member},
	ActOpen:        {staff.Chair},
	ActClose:       {staff.Member},
	ActSignClosing: {staff.Member},
	ActContribute:  {staff.Member},
	ActPublish:     {staff.Chair},
	ActFiling:      {staff.Secretary, staff.Chair, staff.Member},
	ActPrint:       {staff.Chair, staff.Member},
	ActReturn:      {staff.Secretary, staff.Chair, staff.Member},
	ActDiscard:     {staff.Chair},
	ActSign:        {staff.Chair, staff.Member},
	ActPack:        {staff.Secretary, staff.Chair},
	ActCompare:     {staff.Secretary, staff.Chair},
	ActSend:        {staff.Secretary, staff.Chair},
	ActReceipt:     {staff.Secretary, staff.Chair},
	ActAbandon:     {staff.Chair, staff.Member},
	ActNewVersion:  {staff.Secretary},
}

// May reports whether a role may take an action.
func May(r staff.Role, a Action) bool { return slices.Contains(mayDo[a], r) }

// Actions returns all actions, in the order of their texts.
func Actions() []Action {
	all := make([]Action, 0, len(mayDo))
	for a := range mayDo {
		all = append(all, a)
	}
	slices.Sort(all)
	return all
}
