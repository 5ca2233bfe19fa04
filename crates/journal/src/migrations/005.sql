-- grainloss journal, version 5: the parts of the loss and the session so far, in every second.

ALTER TABLE sample ADD COLUMN header_pct         REAL;   -- header loss over grain in, of the ten seconds of total_pct
ALTER TABLE sample ADD COLUMN rear_pct           REAL;   -- the same behind the machine; both add up to total_pct
ALTER TABLE sample ADD COLUMN grain_10s_kg_s     REAL;   -- grain in, mean of the same ten seconds
ALTER TABLE sample ADD COLUMN cum_grain_kg       REAL;   -- the session from its start, as corrected until then
ALTER TABLE sample ADD COLUMN cum_header_loss_kg REAL;
ALTER TABLE sample ADD COLUMN cum_rear_loss_kg   REAL;
ALTER TABLE sample ADD COLUMN cum_total_loss_kg  REAL;
ALTER TABLE sample ADD COLUMN basis_header       TEXT;   -- as basis, of the header alone
ALTER TABLE sample ADD COLUMN basis_rear         TEXT;   -- as basis, behind the machine
