# Words of screens and reports. The keys are those of zh.ftl.

unknown = unknown

state-valid = with data
state-not-available = not available
state-error = sensor error
state-not-calibrated = not calibrated
state-implausible = implausible
state-stale = too old
state-never-seen = never seen
state-not-mapped = not mapped

activity-stopped = stopped
activity-transport = moving
activity-cutting = cutting
activity-turning = turning
activity-unknown = activity unknown
mark-turning-cut = cutting in the turn
mark-lugging = engine lugging
mark-unloading = unloading

basis-model-only = model only
basis-sensed = sensed, not calibrated
basis-calibrated = calibrated
basis-fault = sensor fault

stream-header = header
stream-separation = separation
stream-cleaning = cleaning

source-live = live
source-replay = replay
source-demo = demo

screen-session = session { $id }
screen-total = Total loss
screen-interval = 90 % interval
screen-per-area = per area
screen-basis = basis
screen-limit = limit
screen-no-limit = no limit set
screen-activity = activity
screen-streams = Where it goes
screen-share = of the grain
screen-height = Header height
screen-feed = Feed rate
screen-speed = Ground speed
screen-engine = Engine
screen-modelled = modelled
screen-age = { $seconds } s ago
screen-faults = Operation: turns { $turns }   cut while turning { $cuts }   lugging { $luggings }
screen-area = So far: { $area } ha   grain { $grain } kg   lost { $loss } kg
screen-nothing-cut = So far: nothing cut
screen-next = Next
screen-next-none = nothing to do
screen-bus = bus { $frames } frames/s
screen-bus-silent = bus silent
screen-stored = { $seconds } s stored
screen-not-stored = NOT STORED! { $waiting } waiting, { $lost } lost
screen-no-journal = not stored
screen-ended = end of data
screen-keys = q quit  l 中文
screen-too-small = window too small: 80×24 at least

unit-per-area = kg/ha

alarm-none = no alarm
alarm-level-1 = LOW
alarm-level-2 = MEDIUM
alarm-level-3 = HIGH
alarm-loss-level = loss very probably above { $limit }: mostly { $stream }
alarm-plate-fault = no response from the loss sensor: { $plate }
suppressed-no-limit = no limit set, no alarm
suppressed-not-cutting = not cutting, no alarm
suppressed-just-started = just started, figures settling
suppressed-turning-cut = cutting in the turn, no alarm
suppressed-no-estimate = loss not known, no alarm

plate-left-separation = separation left
plate-right-separation = separation right
plate-left-cleaning = cleaning left
plate-right-cleaning = cleaning right

next-raise-header = raise the header before the turn, stop cutting
next-hold-throttle = keep working throttle, set the load by ground speed
next-fewer-turns = many turns: drive along the longer side
next-slow-down = too much crop: slow down, or cut about 80 % of the width
next-check-separation = grain in the straw: concave, drum speed, chaffer; or slow down
next-check-cleaning = grain over the sieves: check fan and upper sieve, one at a time
next-check-header = grain at the header: reel 1.1-1.2 × ground speed, header height
next-check-plate = loss sensor: look for dirt on it and a loose plug
next-check-signals = speed, header or feed are missing: check bus and profile
next-take-pan = not calibrated: take a drop pan to learn the true level

cli-frames = frames: { $read } read, { $decoded } decoded, { $unknown } unknown
cli-not-frames = not data frames: { $bad } bad lines, { $remote } remote requests, { $errors } bus errors, { $dropped } lost by the recorder
cli-first-bad = first bad line: { $what }
cli-damaged = damaged: { $what }
cli-times = duration: { $minutes } min, of it cutting { $cutting } min
cli-area = cut: { $ha } ha ({ $mu } mu), grain { $grain } kg
cli-no-loss = loss: unknown (nothing cut, or signals missing)
cli-header-loss = header loss: { $band } kg
cli-rear-loss = rear loss (threshing, separation, cleaning): { $band } kg
cli-total-loss = total loss: { $band } kg
cli-total-pct = loss rate: { $band } %
cli-basis = basis: { $basis }
cli-faults = operation: { $turns } turns, { $cuts } cut while turning, { $luggings } lugging
cli-stored = stored: session { $id } ({ $file })

sessions-id = id
sessions-start = start (UTC)
sessions-minutes = minutes
sessions-machine = machine
sessions-crop = crop
sessions-loss = loss rate (90 %)
sessions-basis = basis
sessions-end = end
end-end-of-input = end of data
end-stopped = stopped
end-input-failed = input failed
end-open = not closed

screen-ended-line = end of data: the figures below are the last ones
screen-stored-lost = { $seconds } s stored, { $lost } records lost
cli-bad-frames = not data frames: { $bad }

machine-name = name
machine-standing = standing
machine-width = header width
machine-discharge = discharge width
machine-reel = reel diameter
machine-feed = rated feed
machine-engine = rated engine speed
machine-threshing = threshing
machine-yield-lag = yield lag
machine-plates = loss plates
machine-no-plates = none
machine-channels = channels
machine-channel = channel
machine-unit = unit
machine-sources = sources (best first)
machine-list-hint = Look at one: grainloss machine show NAME. A new machine: grainloss machine seen LOG
standing-demonstration = demonstration, not a real machine
standing-public-decode = public decode, not verified on a machine
standing-checked = checked against the machine's display
standing-own = your own
threshing-walkers = straw walkers
threshing-axial = axial rotor
threshing-tangential-axial = drum and rotors

seen-total = { $frames } frames, { $ids } identifiers, { $seconds } s
seen-id = id
seen-interface = interface
seen-pgn = PGN
seen-from = from
seen-frames = frames
seen-period = period ms
seen-bytes = changing
seen-counts = counts
seen-name = name
seen-proprietary-a = maker's own A
seen-proprietary-b = maker's own B
seen-beyond = { $frames } frames of too many further identifiers are not listed
seen-claim = address { $address }: maker { $maker } ({ $who }), device class { $class }, function { $function }
seen-long = several frames { $id } { $name }: { $count } times, { $bytes } bytes
seen-trouble = address { $address } tells of a fault: SPN { $spn } FMI { $fmi }, { $count } times

check-channel = channel
check-source = source in use
check-valid = valid
check-otherwise = otherwise
check-raw = raw
check-value = value
check-range = range
check-silent = seen, but never with a value: { $channels }
check-unseen = never seen: { $channels }
check-unmapped = not mapped: { $channels }
check-frames = { $frames } frames, { $known } of them known; { $others } unknown identifiers
check-unknown = most frequent unknown identifiers (frames): { $ids }
check-broken = messages of several frames never completed: { $count }

suggest-channel = channel
suggest-signal = signal
suggest-points = points
suggest-why = why
suggest-none = no candidates: { $channels }
suggest-hint = Guesses only: compare with the machine's display before use. --toml prints them for a profile.
suggest-not-in-log = not in the log
suggest-values = { $share } % valid, { $range }
suggest-no-values = no valid value in the log

bus-gone = adapter gone
bus-down = interface down
bus-bus-off = bus off
bus-lost = frames lost
bus-overrun = lost by adapter
bus-passive = error passive
bus-no-ack = no acknowledge
bus-warning = error warning
bus-bus-error = bus errors
bus-transceiver = wire fault
bus-tx-problem = cannot send
bus-restarted = restarted
bus-up = up again
bus-back = back again
bus-active = active
cli-bus = bus { $iface }: { $state }, { $frames } frames
cli-bus-errors = error frames: { $bad }

cli-doubt = doubtful: { $what } ({ $seconds } s); look at { $channels }
doubt-drives-without-engine = it drives although the engine stands
doubt-stands-and-moves = it stands although its position moves
doubt-thresher-turns-undriven = the drum turns although it is not driven
doubt-header-height-frozen = the header height never changes while it drives

check-result = result
check-simulated = simulated
check-from = from
check-to = to
check-unit = unit
check-what = what
check-source = source (measured)
check-passed = { $passed } of { $all } rows pass
