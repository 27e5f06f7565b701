//! What can be wrong with a stick, by its status.

use sd_term::{Failure, Status};
use usb_rules::LabelError;
use usb_rules::udisks::UdisksError;

/// What udisks2 refused, by its status.
pub fn stick_failure(e: UdisksError) -> Failure {
    let status = match &e {
        UdisksError::Unreachable(_) | UdisksError::Failed { .. } => Status::DeviceFailed,
        UdisksError::Gone(_) => Status::NotFound,
        UdisksError::NotAllowed(_) => Status::DeviceRefused,
        UdisksError::Busy(_) => Status::StickBusy,
        UdisksError::Passphrase => Status::WrongPassphrase,
    };
    Failure::new(status, e)
}

/// A label that is none.
pub fn label_failure(e: LabelError) -> Failure {
    let status = match e {
        LabelError::Random(_) | LabelError::Json(_) => Status::Bug,
        LabelError::Name => Status::Usage,
        LabelError::TooLong | LabelError::Format | LabelError::Id => Status::DeviceRefused,
    };
    Failure::new(status, e)
}
