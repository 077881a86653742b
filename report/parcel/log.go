package parcel

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/tally/ledger"
)

// logged is what the agency's log says of the poll.
type logged struct {
	entry    int64 // of the result
	origin   string
	cosigned []string
}

// must are the items that a result entry cannot leave out.
var must = []string{ledger.LastEvent, "shares.json", resultFile}

// checkLog checks the entries of the agency's log against the policy that the
// log itself states, which is the agency's word. A package without any of its
// files is of an agency that keeps no log.
func (v *verification) checkLog() error {
	present := 0
	for _, name := range []string{policyFile, sealedLog, closedLog, resultLog, openedLog, saltFile} {
		if v.contents[name] != nil {
			present++
		}
	}
	if present == 0 {
		return nil
	}
	for _, name := range []string{policyFile, sealedLog, closedLog, resultLog} {
		if v.contents[name] == nil {
			return refuse(name, nil, "thiếu tệp này của sổ công bố; hãy đợi sổ được xác nhận rồi gửi lại", "this file of the public log is missing; wait until the log is cosigned and send again")
		}
	}
	if (v.contents[openedLog] == nil) == (v.contents[saltFile] == nil) {
		return refuse(resultLog, nil, "cần đúng một trong hai tệp "+openedLog+" và "+saltFile, "exactly one of "+openedLog+" and "+saltFile+" must be there")
	}
	policy, err := ledger.OpenPolicy(v.contents[policyFile])
	if err != nil {
		return refuse(policyFile, err, "không phải chính sách do sổ công bố ký", "not a policy that the log has signed")
	}
	return v.checkEntries(policy)
}

// checkEntries checks each entry and what it says.
func (v *verification) checkEntries(policy *ledger.Policy) error {
	key := policy.Logs[0].Key
	bodies, numbers := map[string]ledger.Body{}, map[string]int64{}
	var checkpoint []byte
	last := int64(-1)
	for _, name := range []string{sealedLog, closedLog, resultLog, openedLog} {
		if v.contents[name] == nil {
			continue
		}
		p, err := ledger.ParseProof(v.contents[name])
		if err != nil {
			return refuse(name, err, "không phải chứng minh của sổ công bố", "not a proof of the public log")
		}
		e, c, q, err := p.Verify(key, policy)
		if err != nil {
			return refuse(name, err, "mục này không được chứng minh là có trong sổ công bố", "the entry is not proven to be in the public log")
		}
		if e.Number <= last || checkpoint != nil && !bytes.Equal(checkpoint, p.Checkpoint) {
			return refuse(name, nil, "các mục không cùng một thời điểm của sổ, hoặc sai thứ tự", "the entries are not of one state of the log, or out of order")
		}
		last, checkpoint = e.Number, p.Checkpoint
		bodies[name], numbers[name] = e.Body, e.Number
		v.log = &logged{origin: c.Origin, cosigned: q.Cosigned}
	}
	v.log.entry = numbers[resultLog]
	if want := (ledger.Sealed{Election: v.poll, Fingerprint: v.archive.Election.Fingerprint()}); bodies[sealedLog] != ledger.Body(want) {
		return refuse(sealedLog, nil, "sổ công bố niêm phong một cuộc bỏ phiếu khác", "the log has sealed another poll")
	}
	if bodies[closedLog] != ledger.Body(v.closed) {
		return refuse(closedLog, nil, "sổ công bố ghi việc đóng hòm phiếu khác với hòm phiếu và tệp đóng hòm phiếu này", "the log says that the poll ended otherwise than archive and closing file")
	}
	result, ok := bodies[resultLog].(ledger.Result)
	if !ok || result.Election != v.poll {
		return refuse(resultLog, nil, "không phải mục kết quả của cuộc bỏ phiếu này", "not the result entry of this poll")
	}
	return v.checkOpening(result, bodies[openedLog])
}

// checkOpening compares what a result entry commits to with our files.
func (v *verification) checkOpening(result ledger.Result, opened ledger.Body) error {
	ours, err := v.items(result)
	if err != nil {
		return err
	}
	if opened == nil {
		salt, err := hex.DecodeString(string(v.contents[saltFile]))
		if err != nil || len(salt) != sha256.Size {
			return refuse(saltFile, err, "không đúng mẫu", "not of the form")
		}
		for i, item := range ledger.NewOpened(v.poll, v.log.entry, [32]byte(salt), ours).Hashes {
			if ledger.Commit([32]byte(salt), v.poll, item) != result.Commitments[i].Hash {
				return v.other(item.Name)
			}
		}
		return nil
	}
	o, ok := opened.(ledger.Opened)
	if !ok || o.Election != v.poll || o.Result != v.log.entry {
		return refuse(openedLog, nil, "không phải mục công bố kết quả của cuộc bỏ phiếu này", "not the entry that opens this poll's result")
	}
	if err := o.Check(result); err != nil {
		return refuse(openedLog, err, "không khớp với mục kết quả", "it does not fit the result entry")
	}
	for i, item := range ledger.NewOpened(v.poll, v.log.entry, o.Salt, ours).Hashes {
		if item != o.Hashes[i] {
			return v.other(item.Name)
		}
	}
	return nil
}

// other says that a file is not the one of which the log speaks.
func (v *verification) other(item string) error {
	name := item
	switch item {
	case ledger.LastEvent:
		name = archiveFile(v.poll)
	case "shares.json":
		name = sharesFile(v.poll)
	}
	return refuse(name, ledger.ErrArchive, "khác với bản mà sổ công bố của cơ quan đã ghi", "not the one of which the agency's public log speaks")
}

// items are the hashes of our files to which a result entry commits.
func (v *verification) items(result ledger.Result) (list []ledger.Item, err error) {
	have := map[string][32]byte{ledger.LastEvent: v.archive.LastEvent, "shares.json": sha256.Sum256(v.contents[sharesFile(v.poll)])}
	for _, name := range []string{resultFile, printedFile} {
		have[name] = sha256.Sum256(v.contents[name])
	}
	for _, name := range []string{meeting.MinutesFile, meeting.ReportFile} {
		have[name] = v.hashes[name]
	}
	named := map[string]bool{}
	for _, c := range result.Commitments {
		hash, known := have[c.Name]
		if !known {
			return nil, refuse(resultLog, nil, "nói về tệp không có trong gói: "+harmless(c.Name), "it speaks of a file that packages do not have: "+harmless(c.Name))
		}
		named[c.Name] = true
		list = append(list, ledger.Item{Name: c.Name, Hash: hash})
	}
	for _, name := range must {
		if !named[name] {
			return nil, refuse(resultLog, nil, fmt.Sprintf("không nói về %s", name), "it does not speak of "+name)
		}
	}
	return list, nil
}
