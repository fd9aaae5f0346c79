-- The load of one row, and its numbers as one line of JSON.
--   wrk -s request.lua URL -- METHOD PATH BODY KEYS UNIQUE
-- In PATH and BODY, {key} becomes a number from 0 to KEYS - 1 in turn, {n} a number that never comes again (UNIQUE, a number, keeps runs apart).
local method, path, body, keys, unique
local count = 0
local headers = {}

function init(args)
  method, path, body, keys, unique = args[1], args[2], args[3] or "", tonumber(args[4] or "1"), args[5] or "0"
  if body == "" then body = nil else headers["Content-Type"] = "application/json" end
  fixed = not (path .. (body or "")):find("{", 1, true) and wrk.format(method, path, headers, body) or nil
  varies = { path = path:find("{key}", 1, true) or path:find("{n}", 1, true), body = body and (body:find("{key}", 1, true) or body:find("{n}", 1, true)) }
end

local function fill(text)
  return (text:gsub("{key}", count % keys):gsub("{n}", unique .. "-" .. count))
end

function request()
  if fixed then return fixed end
  count = count + 1
  return wrk.format(method, varies.path and fill(path) or path, headers, varies.body and fill(body) or body)
end

function done(summary, latency)
  io.write(string.format('\n{"requests":%d,"seconds":%.6f,"p50":%.3f,"p99":%.3f,"bad":%d,"broken":%d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    summary.errors.status, summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
end
