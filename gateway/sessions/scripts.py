"""What happens inside Redis, in one step each: entering a conversation's line, and leaving it.

Every conversation and every name of an event has a line: a list of tickets, first come first served. An event enters all its
lines at the same moment, so that no two events can wait for each other. A ticket is PROCESS:NUMBER; it counts as long as
`botbridge:process:PROCESS` exists, which its process renews. The tickets of a process that died are dropped by whoever
stands behind them.

The fence: only the ticket at the head of the conversation's line may keep the conversation. One that was dropped never comes
to the head again, whatever its holder still believes.

Whoever has to wait wakes the ticket before it, and is woken by it when it leaves (`botbridge:wake:PROCESS`, the number and the
line). A process that is woken for a number it does not know drops that ticket: it was entered by a call that the process
believed to have failed, or could not be taken back.

Keys of both scripts: the process, the conversation's value, its line, then for every name of the event the answer's value and
the name's line. Keys of other processes are made from tickets, so these scripts need one Redis and not a cluster of them.
"""

from typing import Final

PREFIX: Final = "botbridge:"
"""Of every key and channel."""

_COMMON: Final = (
    "local ticket = ARGV[1]\n"
    f"local prefix = '{PREFIX}'\n"
    """
local function wake(waiting, line)
  local process, number = waiting:match('^(.-):(.*)$')
  redis.call('PUBLISH', prefix .. 'wake:' .. process, number .. ' ' .. line)
end

-- Whether the ticket stands at the head, once the dead before it are gone.
local function is_first(line)
  while true do
    local head = redis.call('LINDEX', line, 0)
    if head == ticket then return true end
    if not head then return false end
    if redis.call('EXISTS', prefix .. 'process:' .. head:match('^(.-):')) == 1 then
      wake(head, line)
      return false
    end
    redis.call('LPOP', line)
  end
end

local function leave(line, wake_all)
  local was_first = redis.call('LINDEX', line, 0) == ticket
  redis.call('LREM', line, 1, ticket)
  if was_first then
    for _, waiting in ipairs(redis.call('LRANGE', line, 0, wake_all and -1 or 0)) do wake(waiting, line) end
  end
end
"""
)

ENTER: Final = (
    _COMMON
    + """
-- ARGV: ticket, milliseconds that the process counts as alive, milliseconds that a line is kept, an unreadable answer or ''
-- Gives {'answer', number of the name, value}, {'under way'}, {'first'}, or {'turn', the conversation or false}.
redis.call('SET', KEYS[1], '1', 'PX', ARGV[2])
for i = 4, #KEYS, 2 do
  local answer = redis.call('GET', KEYS[i])
  if answer and answer == ARGV[4] then
    redis.call('DEL', KEYS[i])
  elseif answer then
    for j = 5, #KEYS, 2 do leave(KEYS[j], true) end
    leave(KEYS[3], false)
    return {'answer', (i - 4) / 2, answer}
  end
end
local function enter(line)
  if not redis.call('LPOS', line, ticket) then redis.call('RPUSH', line, ticket) end
  redis.call('PEXPIRE', line, ARGV[3])
end
enter(KEYS[3])
for i = 5, #KEYS, 2 do enter(KEYS[i]) end
for i = 5, #KEYS, 2 do
  if not is_first(KEYS[i]) then return {'under way'} end
end
if not is_first(KEYS[3]) then return {'first'} end
return {'turn', redis.call('GET', KEYS[2])}
"""
)

LEAVE: Final = (
    _COMMON
    + """
-- ARGV: ticket, 'keep' or 'forget' or '', the conversation, its milliseconds, the answers' milliseconds, the answers
-- Gives 1, or 0 when the conversation was to change and the turn had been lost.
local in_turn = 1
if ARGV[2] ~= '' then
  if redis.call('LINDEX', KEYS[3], 0) ~= ticket then
    in_turn = 0
  elseif ARGV[2] == 'keep' then
    redis.call('SET', KEYS[2], ARGV[3], 'PX', ARGV[4])
  else
    redis.call('DEL', KEYS[2])
  end
end
for i = 6, #ARGV do
  -- The first answer stays: after a lost turn there may be one already.
  redis.call('SET', KEYS[4 + (i - 6) * 2], ARGV[i], 'PX', ARGV[5], 'NX')
end
for i = 5, #KEYS, 2 do leave(KEYS[i], #ARGV >= 6) end
leave(KEYS[3], false)
return in_turn
"""
)

DROP: Final = (
    _COMMON
    + """
-- KEYS: a line. ARGV: a ticket of this process that it knows nothing of
leave(KEYS[1], true)
return 1
"""
)
