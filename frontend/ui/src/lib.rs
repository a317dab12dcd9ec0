//! The kit: tokens, styles and components both applications are built of.
//!
//! It knows no feature and no words of one: it must never depend on `domain`, on the router or on the API, and texts come in as
//! properties (its own few words through [`words`]). Variants are enums, labels are required, every control works from the
//! keyboard, and nothing writes a `style` attribute: widths go through SVG attributes, everything else is a class in `styles/`.
//!
//! To add a piece: one file here named after it, its styles in the file of `styles/` that fits (bundled by `styles.sh`), and its
//! states on the specimen page (`frontend/src/kit`).

// Components take their properties by value: that is the framework's calling convention.
#![allow(clippy::needless_pass_by_value)]

mod amount;
mod avatar;
mod banner;
mod button;
mod combobox;
mod dialog;
mod fetched;
mod field;
mod figures;
mod form;
pub mod format;
mod icon;
mod ids;
mod ledger;
mod mark;
mod menu;
mod pager;
mod palette;
mod progress;
mod row;
mod section;
mod states;
mod table;
mod tabs;
mod toast;
mod tooltip;
pub mod words;

pub use amount::{Amount, Figure, FigureSize};
pub use avatar::{Avatar, OrganizationMark};
pub use banner::{Banner, Notice};
pub use button::{Button, ButtonKind, ButtonSize, ButtonType, IconButton, LinkButton, TextLink};
pub use combobox::{Combobox, ComboboxOption};
pub use dialog::{Dialog, Panel, Sheet};
pub use fetched::Fetched;
pub use field::{
    Checkbox, ChoiceGroup, ChoiceOption, DateField, FieldFrame, FileDrop, MoneyField, RadioGroup,
    SelectField, SelectOption, Switch, TextArea, TextField, TextKind,
};
pub use figures::{FigureItem, Figures};
pub use form::{FieldError, Form, FormErrors};
pub use icon::{Icon, IconSize, IconView};
pub use ledger::{Entry, EntryState, Ledger, LedgerKind, When};
pub use mark::{Count, Mark, MarkSize, MarkView, Pill, Tone};
pub use menu::{Menu, MenuItem};
pub use pager::Pager;
pub use palette::{Palette, PaletteGroup, PaletteItem};
pub use progress::{MoneyBar, MoneyPart, Progress, Step, StepState, Stepper};
pub use row::Row;
pub use section::{Facts, Outcome, Section, Totals};
pub use states::{Empty, Failure, FailureKind, FailureView, Loaded, Skeleton, SkeletonView};
pub use table::{Column, Table};
pub use tabs::{Tab, Tabs};
pub use toast::{Toast, ToastHost, Toasts, provide_toasts};
pub use tooltip::Tooltip;
