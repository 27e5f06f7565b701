//! Making a stick a Transfer Device of this station.
//!
//! ```text
//! choose --shown, name typed--> true size tried --> format, label --mounted anew, read--> known
//! ```

use sd_bundle::{BundleId, Home, RawHead, write_label};
use sd_fs::Dir;
use sd_stick::{Chosen, LetGo, MountedStick, Wanted, choose, label_failure, stick_failure};
use sd_term::{Failure, Secret, Status, Ui};
use usb_rules::udisks::{NewFileSystem, Udisks};
use usb_rules::{Access, Content, LABEL_FILE, Label, LabelRole, Role as _, Transfer};

use super::{KnownSticks, RawStick};

/// A stick that a person is about to erase.
pub(crate) struct Erasing {
    chosen: Chosen<Transfer>,
    udisks: Udisks,
}

impl Erasing {
    /// Finds it.
    pub(crate) fn choose(wanted: &Wanted, ui: &mut Ui) -> Result<Self, Failure> {
        let chosen = choose(wanted, Access::Erase, ui)?;
        let udisks = Udisks::connect().map_err(stick_failure)?;
        Ok(Self { chosen, udisks })
    }

    /// The bundle on a bare stick, if one is there.
    pub(crate) fn bundle(&self) -> Result<Option<BundleId>, Failure> {
        let udisks = Udisks::connect().map_err(stick_failure)?;
        match RawStick::open(udisks, &self.chosen.device, Access::Read)?.head()? {
            RawHead::Bundle(id) => Ok(Some(id)),
            RawHead::Label(_) | RawHead::Other => Ok(None),
        }
    }

    /// The stick, as a person is told of it.
    pub(crate) fn title(&self) -> String {
        self.chosen.device.title()
    }

    /// What will be lost.
    pub(crate) fn holds(&self) -> Vec<String> {
        super::holds(self.chosen.device.facts())
    }

    /// What a person must type: a label that is on the stick, else what it calls itself, else
    /// its node.
    pub(crate) fn name_to_type(&self) -> String {
        let facts = self.chosen.device.facts();
        let labels = facts.volumes.iter().map(|v| v.content.label());
        let product = facts.usb.as_ref().map(|u| u.product.as_str());
        let mut names = labels.chain(product).map(str::trim);
        let typeable = |n: &&str| !n.is_empty() && n.bytes().all(|b| (0x20..0x7f).contains(&b));
        names.find(typeable).unwrap_or(&facts.node).to_owned()
    }

    /// An encrypted file system with the label of this station on it.
    pub(crate) fn make_luks(
        self,
        home: &Home,
        name: &str,
        passphrase: &Secret,
        ui: &mut Ui,
    ) -> Result<(Label, LetGo), Failure> {
        let label = Label::new(LabelRole::Transfer, name).map_err(label_failure)?;
        self.chosen.is_still_there(Access::Erase)?;
        self.make_free()?;
        let Self { chosen, udisks } = self;
        let device = &chosen.device;
        ui.say("Trying out how much the stick really holds.");
        let mut bare = RawStick::open(udisks, device, Access::Erase)?;
        bare.try_capacity()?;
        let udisks = bare.close();
        ui.say("Formatting: this takes a minute.");
        let new = NewFileSystem { label: Transfer::LABEL, passphrase: passphrase.expose() };
        chosen.is_still_there(Access::Erase)?;
        udisks.format(device.node(), new).map_err(stick_failure)?;
        let mut stick = MountedStick::formatted(udisks, device, passphrase.expose())?;
        let json = label.to_json().map_err(label_failure)?;
        let dir = Dir::open(stick.path())?;
        dir.write_new(LABEL_FILE, &json)?;
        dir.sync()?;
        drop(dir);
        stick.mount_again(Access::Read)?;
        if stick.label()?.as_ref() != Some(&label) {
            return Err(not_read_back(stick.title()));
        }
        KnownSticks::open(home)?.remember(&label)?;
        Ok((label, stick.let_go()))
    }

    /// A bare medium with the label of this station on it.
    pub(crate) fn make_raw(
        self,
        home: &Home,
        name: &str,
        ui: &mut Ui,
    ) -> Result<(Label, LetGo), Failure> {
        let label = Label::new(LabelRole::Transfer, name).map_err(label_failure)?;
        let json = label.to_json().map_err(label_failure)?;
        self.chosen.is_still_there(Access::Erase)?;
        self.make_free()?;
        ui.say("Trying out how much the stick really holds.");
        let mut stick = RawStick::open(self.udisks, &self.chosen.device, Access::Erase)?;
        stick.try_capacity()?;
        let failed = |title: &str, e| Failure::new(Status::DeviceFailed, format!("{title}: {e}"));
        let title = stick.title().to_owned();
        write_label(stick.device(), &json).map_err(|e| failed(&title, e))?;
        if stick.head()? != RawHead::Label(json) {
            return Err(not_read_back(&title));
        }
        KnownSticks::open(home)?.remember(&label)?;
        Ok((label, stick.let_go()))
    }

    /// Nothing of the stick may be in use when it is written over.
    fn make_free(&self) -> Result<(), Failure> {
        for volume in &self.chosen.device.facts().volumes {
            if matches!(volume.content, Content::Luks { .. }) {
                if let Some(plain) = self.udisks.unlocked(&volume.node).map_err(stick_failure)? {
                    if !volume.mounts.is_empty() {
                        self.udisks.unmount(&plain).map_err(stick_failure)?;
                    }
                    self.udisks.lock(&volume.node).map_err(stick_failure)?;
                }
            } else if !volume.mounts.is_empty() {
                self.udisks.unmount(&volume.node).map_err(stick_failure)?;
            }
        }
        Ok(())
    }
}

fn not_read_back(title: &str) -> Failure {
    Failure::new(Status::DeviceFailed, format!("{title}: its label did not read back"))
}
