package parcel

import (
	"regexp"
	"slices"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/meeting"
)

// The files of a result beside those that package meeting names. They have the
// names under which they were printed (TestNames).
const (
	resultFile    = "result.json"
	rowsFile      = "result.csv"
	tableFile     = "result.xlsx"
	trackersFile  = "trackers.txt"
	printedFile   = "manifest.json"
	sealedFile    = "manifest.json.p7s"
	authorityFile = "ca.pem"

	// sealField is the signature field of the server's seal.
	sealField = "server-seal"
)

// unsent are files that the printed manifest names and packages do not have: the
// editable texts, and what is for the roles alone that the rule set names.
var unsent = []string{meeting.AssessmentFile, "minutes.docx", "report.docx"}

// The files about the agency's public log: either all of the first, and then one
// of opened and salt, or none.
const (
	policyFile = "log/policy"
	sealedLog  = "log/sealed.proof"
	closedLog  = "log/closed.proof"
	resultLog  = "log/result.proof"
	openedLog  = "log/opened.proof"
	saltFile   = "log/salt"
)

func archiveFile(u ballot.UUID) string { return string(u) + ".bel" }
func sharesFile(u ballot.UUID) string  { return string(u) + ".shares.json" }
func closingFile(u ballot.UUID) string { return string(u) + ".closing.json" }

// required are the files that no package of a result lacks.
func required(u ballot.UUID) []string {
	return []string{
		archiveFile(u), sharesFile(u), closingFile(u), resultFile, rowsFile, tableFile, trackersFile,
		printedFile, sealedFile, authorityFile, meeting.MinutesFile, meeting.ReportFile,
	}
}

// personFile is the name of a person's own paper.
var personFile = regexp.MustCompile(`^person-([0-9]{2}|[1-9][0-9]{2})\.pdf$`)

// known reports whether a package of this poll may have a file.
func known(name string, u ballot.UUID) bool {
	return slices.Contains(required(u), name) || personFile.MatchString(name) ||
		slices.Contains([]string{policyFile, sealedLog, closedLog, resultLog, openedLog, saltFile}, name)
}
