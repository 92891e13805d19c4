"""The demo city 澜川市: a month of complaints, written for this project, that never happened.

Nothing here is real: the city, its units, people and places are invented, the coordinates lie around one made-up
centre, duty telephones begin with 0320-000 (no subscriber number begins with 0) and every citizen's number has the form
199 0000 xxxx, set aside for the demo, which only ever runs on the console carrier.

The wealth is in the data (`city.toml`, `places.toml`, `matters/*.toml`, `dialogues.toml`, `phrases.toml`); `cast` reads
it, `script.month` makes a month of `scene.Scene` out of it. All of it is pure: no clock, no database, same seed, same
month. Whoever plays the scenes turns them into calls of the services.

Slots in the matters: {place} {when} {since} {shop} {house} {n}. In what units write, {day} is left for the player, who
alone knows on which day a step was really taken: see `scene.dated`.

`lately` adds what several people complain of in the last days, `today` what has just come in when the play ends: calls
of `calls/` by folder, interface and upload, calls that the machine answers, and results to be checked.

`centre` is what the centre does besides the complaints: `watching` plays 抽查 and 领导批示, `administering` 变更记录,
`months` 月报, 简报 and 点位.

`play` is the player: `life` takes each scene through the services, step by step, as stories on one `stage` whose clock
only goes forward, with the workers' own batches every hour in between (`clockwork`). Two players share the scenes, one
on each core (`together`).
"""
