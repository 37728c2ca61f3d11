"""What happens to the archive inside Redis, in one step each.

Keys: `botbridge:counts:NAME` (hash), `botbridge:list:NAME` (list, newest first), `botbridge:map:NAME` (hash),
`botbridge:shelf:NAME` (sorted set: the key of a list -> the bytes of its entries), `botbridge:once:NAME` (a step that was taken).
Every entry and every value has 13 digits before it: the moment at which it is over, in milliseconds by Redis' own clock, so
that clocks of gateways have no part in it.
"""

from typing import Final

from gateway.sessions.scripts import PREFIX

COUNTS: Final = f"{PREFIX}counts:"
LIST: Final = f"{PREFIX}list:"
MAP: Final = f"{PREFIX}map:"
SHELF: Final = f"{PREFIX}shelf:"
ONCE: Final = f"{PREFIX}once:"

_COMMON: Final = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function is_over(kept) return tonumber(kept:sub(1, 13)) <= now end
local function keep(value, ttl) return string.format('%013.0f', now + ttl) .. value end
-- The life of a key is that of what is kept longest in it.
local function prolong(key, ttl)
  if redis.call('PTTL', key) < tonumber(ttl) then redis.call('PEXPIRE', key, ttl) end
end
"""

WRITE: Final = (
    _COMMON
    + """
-- KEYS: the step, then one key for each of what is written. ARGV, one after the other for each of them:
--   'add', milliseconds, how many, then pairs of a field and a number
--   'append', milliseconds, limit, key of the shelf or '', its bytes, how many, then entries, oldest first
--   'put', milliseconds, field, value     'drop', field     'forget'
if not redis.call('SET', KEYS[1], '1', 'NX', 'PX', 600000) then return 0 end
local at = 0
local function take() at = at + 1; return ARGV[at] end

-- Forget the oldest entry, and give its bytes.
local function drop_oldest(list) return #redis.call('RPOP', list) - 13 end

local function make_room(shelf, room)
  local total = 0
  for _, list in ipairs(redis.call('ZRANGE', shelf, 0, -1)) do
    if redis.call('EXISTS', list) == 0 then redis.call('ZREM', shelf, list)
    else total = total + tonumber(redis.call('ZSCORE', shelf, list)) end
  end
  while total > room do
    local largest = redis.call('ZREVRANGE', shelf, 0, 0)[1]
    local dropped = drop_oldest(largest)
    total = total - dropped
    redis.call('ZINCRBY', shelf, -dropped, largest)
  end
end

local function append(list)
  local ttl, limit, shelf, room = take(), tonumber(take()), take(), tonumber(take())
  -- The list may have ended as a whole since the shelf was told its size.
  local size = redis.call('EXISTS', list) == 1 and shelf ~= '' and tonumber(redis.call('ZSCORE', shelf, list) or 0) or 0
  for _ = 1, tonumber(take()) do
    local entry = take()
    size = size + #entry
    redis.call('LPUSH', list, keep(entry, ttl))
  end
  local excess = redis.call('LLEN', list) - limit
  local oldest = redis.call('LINDEX', list, -1)
  while oldest and (excess > 0 or is_over(oldest)) do
    size = size - drop_oldest(list)
    excess = excess - 1
    oldest = redis.call('LINDEX', list, -1)
  end
  prolong(list, ttl)
  if shelf ~= '' then
    redis.call('ZADD', shelf, size, list)
    prolong(shelf, ttl)
    make_room(shelf, room)
  end
end

for i = 2, #KEYS do
  local key, what = KEYS[i], take()
  if what == 'add' then
    local ttl = take()
    for _ = 1, tonumber(take()) do
      local field = take()
      redis.call('HINCRBY', key, field, take())
    end
    redis.call('PEXPIRE', key, ttl)
  elseif what == 'append' then append(key)
  elseif what == 'put' then
    local ttl, field = take(), take()
    redis.call('HSET', key, field, keep(take(), ttl))
    prolong(key, ttl)
  elseif what == 'drop' then redis.call('HDEL', key, take())
  else redis.call('DEL', key) end
end
return 1
"""
)

READ_COUNTS: Final = """
-- KEYS: counts. Gives fields and numbers in turns, for each.
local found = {}
for i, key in ipairs(KEYS) do found[i] = redis.call('HGETALL', key) end
return found
"""

READ_LISTS: Final = (
    _COMMON
    + """
-- KEYS: lists. ARGV: how many. Gives the newest entries, newest first, for each.
local found = {}
for i, key in ipairs(KEYS) do
  found[i] = {}
  for _, entry in ipairs(redis.call('LRANGE', key, 0, ARGV[1] - 1)) do
    if not is_over(entry) then table.insert(found[i], entry:sub(14)) end
  end
end
return found
"""
)

READ_MAPS: Final = (
    _COMMON
    + """
-- KEYS: maps. Gives fields and values in turns, for each.
local found = {}
for i, key in ipairs(KEYS) do
  found[i] = {}
  local pairs_of = redis.call('HGETALL', key)
  for j = 1, #pairs_of, 2 do
    if not is_over(pairs_of[j + 1]) then
      table.insert(found[i], pairs_of[j])
      table.insert(found[i], pairs_of[j + 1]:sub(14))
    end
  end
end
return found
"""
)
