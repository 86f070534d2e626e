// Loaded before a program: tells whoever started it, and asks, how much memory it had at most (in KB).
process.on("message", (asked) => {
  if (asked === "peak") process.send(process.resourceUsage().maxRSS);
});
process.channel.unref();
