/** The code of errors that came before anything was sent. */
export const not_sent = "not sent";
