//! Our own strokes on a grid of 24, 1.5 wide.

use leptos::prelude::*;

macro_rules! icons {
    ($($(#[$doc:meta])* $name:ident = $path:literal;)*) => {
        /// A picture of a thing or a verb. It helps; the text beside it or the label does the work.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Icon { $($(#[$doc])* $name,)* }

        impl Icon {
            /// Every icon with its name, for the specimen page.
            pub const ALL: &'static [(Self, &'static str)] = &[$((Self::$name, stringify!($name)),)*];

            fn path(self) -> &'static str {
                match self { $(Self::$name => $path,)* }
            }
        }
    };
}

icons! {
    /// To the page above.
    Back = "M19 12H5M11 6l-6 6 6 6";
    /// A date, the calendar.
    Calendar = "M4.5 6.5h15v13h-15zM4.5 10.5h15M8.5 4v4M15.5 4v4";
    /// Chosen, done.
    Check = "M5 12.5l4.5 4.5L19 7.5";
    /// People served.
    Clients = "M9 11.5a3.25 3.25 0 1 0 0-6.5 3.25 3.25 0 0 0 0 6.5zM3.5 19c.4-3 2.6-4.75 5.5-4.75S14.1 16 14.5 19M15 5.3a3.25 3.25 0 0 1 0 5.9M17 14.6c2 .6 3.2 2.1 3.5 4.4";
    /// Attached.
    Clip = "M18.5 11.5l-6.8 6.8a4 4 0 0 1-5.7-5.7l7.5-7.5a2.7 2.7 0 0 1 3.8 3.8l-7.3 7.3a1.3 1.3 0 0 1-1.9-1.9l6.5-6.5";
    /// Make another, or to the clipboard.
    Copy = "M8.5 8.5h11v11h-11zM15.5 8.5v-4h-11v11h4";
    /// More to do with it.
    Dots = "M5.4 12a.6.6 0 1 0 1.2 0a.6.6 0 1 0-1.2 0M11.4 12a.6.6 0 1 0 1.2 0a.6.6 0 1 0-1.2 0M17.4 12a.6.6 0 1 0 1.2 0a.6.6 0 1 0-1.2 0";
    /// Opens downwards.
    Down = "M6 9.5l6 6 6-6";
    /// Save here.
    Download = "M12 4v11M7.5 11l4.5 4.5 4.5-4.5M5 19.5h14";
    /// Take by this to move.
    Drag = "M9 6v.1M9 12v.1M9 18v.1M15 6v.1M15 12v.1M15 18v.1";
    /// Change it.
    Edit = "M4.5 19.5l1-4.5L15.5 5l3.5 3.5-10 10zM13 7.5l3.5 3.5";
    /// Seen, or look as someone else.
    Eye = "M2.5 12C4.5 8 8 6 12 6s7.5 2 9.5 6c-2 4-5.5 6-9.5 6s-7.5-2-9.5-6zM12 14.75a2.75 2.75 0 1 0 0-5.5 2.75 2.75 0 0 0 0 5.5z";
    /// One document.
    File = "M6 3.5h8l4 4v13H6zM14 3.5v4h4";
    /// Documents.
    Files = "M4 6.5a1 1 0 0 1 1-1h4.5l2 2.5H19a1 1 0 0 1 1 1v8.5a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1z";
    /// The first page.
    Home = "M4 10.5 12 4l8 6.5V19a1 1 0 0 1-1 1h-4.5v-5.5h-5V20H5a1 1 0 0 1-1-1z";
    /// A picture.
    Image = "M4 5h16v14H4zM4 16l4.5-4.5L13 16l2.5-2.5L20 18M15.5 9.5h.01";
    /// What came in.
    Inbox = "M4 13.5 6.5 5.5h11l2.5 8v5H4zM4 13.5h4.5l1 2h5l1-2H20";
    /// Credentials of a program.
    Key = "M8.5 19.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM11.5 12.5 19.5 4.5M16 8l2.5 2.5";
    /// An e-mail.
    Mail = "M4 6h16v12.5H4zM4 7l8 6.5L20 7";
    /// Words between people.
    Messages = "M4.5 5.5h15v10.5H11l-4 3.5V16H4.5z";
    /// Invoices and payments.
    Money = "M3.5 6.5h17v11h-17zM3.5 10h17M7 14.5h3";
    /// As a page of its own.
    Open = "M13 5h6v6M19 5l-8 8M10 6H5v13h13v-5";
    /// Call.
    Phone = "M6 4.5h3l1.5 4-2 1.5c1 2.3 2.7 4 5 5l1.5-2 4 1.5v3c0 1-.8 1.7-1.8 1.6C10.7 18.5 5 12.8 4.4 6.3 4.3 5.3 5 4.5 6 4.5z";
    /// Add one.
    Plus = "M12 5v14M5 12h14";
    /// Comes again.
    Repeat = "M17 3l3 3-3 3M4 11V9.5A3.5 3.5 0 0 1 7.5 6H20M7 21l-3-3 3-3M20 13v1.5a3.5 3.5 0 0 1-3.5 3.5H4";
    /// Numbers over time.
    Reports = "M5 19.5v-6M12 19.5v-15M19 19.5v-10";
    /// Find.
    Search = "M11 17.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.8 15.8 20 20";
    /// How it is set up.
    Settings = "M4 8h9M17 8h3M4 16h3M11 16h9M15 10a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM9 18a2 2 0 1 0 0-4 2 2 0 0 0 0 4z";
    /// Leave.
    SignOut = "M14 8V5H5v14h9v-3M10 12h10M16.5 8.5 20 12l-3.5 3.5";
    /// The present day.
    Today = "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 3.5v1.2M12 19.3v1.2M3.5 12h1.2M19.3 12h1.2M6 6l.8.8M17.2 17.2l.8.8M6 18l.8-.8M17.2 6.8 18 6";
    /// Remove.
    Trash = "M5 7h14M9.5 7V4.5h5V7M7 7l.8 12.5h8.4L17 7M10.5 10.5v5.5M13.5 10.5v5.5";
    /// Take it back.
    Undo = "M8.5 5 4.5 9l4 4M4.5 9h9a5.5 5.5 0 0 1 0 11H9";
    /// Opens upwards, moves up.
    Up = "M6 14.5l6-6 6 6";
    /// Send from here.
    Upload = "M12 15.5v-11M7.5 9 12 4.5 16.5 9M5 19.5h14";
    /// Projects under way.
    Work = "M4 7.5h16M4 12h16M4 16.5h10";
    /// Close, take away.
    Close = "M6 6l12 12M18 6 6 18";
}

/// Size of an icon.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum IconSize {
    /// 20 px, alone or in navigation.
    #[default]
    Medium,
    /// 16 px, beside text.
    Small,
}

/// An icon. It is hidden from screen readers: the control it stands in carries the name.
#[component]
pub fn IconView(
    /// Which one.
    icon: Icon,
    /// How large.
    #[prop(optional)]
    size: IconSize,
) -> impl IntoView {
    let class = match size {
        IconSize::Medium => "icon",
        IconSize::Small => "icon s",
    };
    view! {
        <svg class=class viewBox="0 0 24 24" aria-hidden="true">
            <path d=icon.path()></path>
        </svg>
    }
}
