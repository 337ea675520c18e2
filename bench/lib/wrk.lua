-- Sends another token with each request, and says what came of it as one line of JSON.
-- Called as `wrk -s wrk.lua URL -- FILE`, where FILE holds one token a line.

local requests = {}
local at = 0

function setup(thread)
  -- Threads start at different tokens, so that none asks for what another asks for at the same moment.
  setups = (setups or 0) + 1
  thread:set("number", setups)
end

function init(args)
  for token in io.lines(args[1]) do
    requests[#requests + 1] = wrk.format("GET", nil, { ["Authorization"] = "Bearer " .. token })
  end
  at = (number * 997) % #requests
end

function request()
  at = at % #requests + 1
  return requests[at]
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format(
    '\nwrk-result {"requests":%d,"durationUs":%d,"p50Us":%d,"p99Us":%d,"refused":%d,"broken":%d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    e.status, e.connect + e.read + e.write + e.timeout))
end
