//! What can be taken back for a while: a pan that was stamped, and the mark of a changed setting.

use std::time::Duration;

use grainloss_protocol::command::{CommandReply, OperatorCommand};

/// How long a mark can be taken back (our choice: a wrong key is seen at once, a wrong pan after a look back).
const UNDO_TIME: Duration = Duration::from_secs(30);

/// The newest mark, and until when it can be taken back.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Undo {
    /// What takes it back.
    pub command: OperatorCommand,
    pub until: Duration,
}

impl Undo {
    /// What takes back a command that was taken at `now`; `None` for one that cannot be.
    pub fn of(command: &OperatorCommand, reply: &CommandReply, now: Duration) -> Option<Self> {
        let command = match (command, reply) {
            (OperatorCommand::Drop { .. }, CommandReply::Dropped(drop)) => OperatorCommand::Discard { drop: *drop },
            (OperatorCommand::Setting { .. }, CommandReply::Taken) => OperatorCommand::WithdrawSetting,
            _ => return None,
        };
        Some(Self { command, until: now + UNDO_TIME })
    }
}
