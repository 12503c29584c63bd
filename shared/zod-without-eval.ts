/** @file Zod for schemas that the page uses: it must be configured before the first of them is created. */

import { z } from "zod";

// Zod would compile code from text for speed, which the page's content security policy forbids and reports.
z.config({ jitless: true });

export { z };
