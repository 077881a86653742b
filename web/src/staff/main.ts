/**
 * Officers' pages and the projector. Every page works without this script; it sends forms so that
 * nothing typed is lost, edits tables in place, and keeps what others change up to date.
 */
import { dressCopies } from "./copy";
import { startForms } from "./forms";
import { startLive } from "./live";
import { startResult } from "./result";
import { startRows } from "./rows";
import { dressTables } from "./tables";
import { startLinks } from "./token";

startLinks();
startForms();
startRows();
dressTables(document.body);
dressCopies(document.body);
startLive();
startResult();
