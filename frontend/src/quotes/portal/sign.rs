//! Drawing a signature with finger, pen or mouse.

use domain::quotes::Signature;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use crate::t::quotes::accept as texts;

/// The area's width and height, in the units of the API.
const AREA: (f64, f64) = (1000.0, 300.0);
/// What the API takes.
const MAX_STROKES: usize = 100;
const MAX_POINTS: usize = 4000;
/// Points nearer than this to the one before say nothing more.
const NEAR: u16 = 4;

type Strokes = Vec<Vec<(u16, u16)>>;

/// What was drawn, where it is enough to be a signature.
pub fn drawn(strokes: &Strokes) -> Option<Signature> {
    let points = strokes.iter().map(Vec::len).sum::<usize>();
    (points >= 2).then(|| Signature { strokes: strokes.clone() })
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "kept within the area, which is far smaller than u16"
)]
fn place(event: &web_sys::PointerEvent) -> Option<(u16, u16)> {
    let pad = event.current_target()?.dyn_into::<web_sys::Element>().ok()?.get_bounding_client_rect();
    let at = |here: f64, from: f64, size: f64, whole: f64| {
        ((here - from) / size.max(1.0) * whole).clamp(0.0, whole) as u16
    };
    Some((
        at(f64::from(event.client_x()), pad.left(), pad.width(), AREA.0),
        at(f64::from(event.client_y()), pad.top(), pad.height(), AREA.1),
    ))
}

/// An area to sign in. Those who can't draw type their name instead, which is as good.
#[component]
pub fn SignaturePad(
    /// What was drawn.
    strokes: RwSignal<Strokes>,
) -> impl IntoView {
    let drawing = RwSignal::new(false);
    let begin = move |event: web_sys::PointerEvent| {
        let Some(point) = place(&event) else { return };
        event.prevent_default();
        if let Some(pad) =
            event.current_target().and_then(|target| target.dyn_into::<web_sys::Element>().ok())
        {
            drop(pad.set_pointer_capture(event.pointer_id()));
        }
        strokes.update(|strokes| {
            if strokes.len() < MAX_STROKES {
                strokes.push(vec![point]);
                drawing.set(true);
            }
        });
    };
    let go_on = move |event: web_sys::PointerEvent| {
        if !drawing.get_untracked() {
            return;
        }
        let Some((x, y)) = place(&event) else { return };
        let full =
            strokes.with_untracked(|strokes| strokes.iter().map(Vec::len).sum::<usize>() >= MAX_POINTS);
        let far = strokes.with_untracked(|strokes| {
            let last = strokes.last().and_then(|stroke| stroke.last());
            last.is_some_and(|last| last.0.abs_diff(x) + last.1.abs_diff(y) >= NEAR)
        });
        if far && !full {
            strokes.update(|strokes| {
                if let Some(stroke) = strokes.last_mut() {
                    stroke.push((x, y));
                }
            });
        }
    };
    let lines = move || {
        strokes.with(|strokes| {
            strokes
                .iter()
                .map(|stroke| {
                    let points = stroke.iter().map(|(x, y)| format!("{x},{y}")).collect::<Vec<_>>().join(" ");
                    view! { <polyline points=points></polyline> }
                })
                .collect_view()
        })
    };
    view! {
        <div class="field">
            <span class="label">{texts::draw_here()}</span>
            <svg
                class="signature-pad"
                viewBox="0 0 1000 300"
                role="img"
                aria-label=texts::draw_here()
                on:pointerdown=begin
                on:pointermove=go_on
                on:pointerup=move |_| drawing.set(false)
                on:pointercancel=move |_| drawing.set(false)
            >
                <path d="M60 240h880"></path>
                {lines}
            </svg>
            <div>
                <button class="link small" type="button" on:click=move |_| strokes.set(Vec::new())>
                    {texts::clear()}
                </button>
            </div>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::drawn;

    #[test]
    fn a_dot_is_no_signature() {
        assert!(drawn(&vec![]).is_none());
        assert!(drawn(&vec![vec![(1, 1)]]).is_none());
        assert_eq!(drawn(&vec![vec![(1, 1), (9, 9)]]).unwrap().strokes.len(), 1);
    }
}
