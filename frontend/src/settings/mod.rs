//! How the organization and one's own account are set up.

use domain::permission::Permission;

use crate::t::settings::permission as texts;

/// What a permission allows, in words.
pub fn permission_text(permission: Permission) -> &'static str {
    match permission {
        Permission::Console => texts::console(),
        Permission::ManageOrganization => texts::manage_organization(),
        Permission::ManageMembers => texts::manage_members(),
        Permission::ViewClients => texts::view_clients(),
        Permission::EditClients => texts::edit_clients(),
        Permission::ViewAsContact => texts::view_as_contact(),
        Permission::ViewInvoices => texts::view_invoices(),
        Permission::EditInvoices => texts::edit_invoices(),
        Permission::SendInvoices => texts::send_invoices(),
        Permission::VoidInvoices => texts::void_invoices(),
        Permission::ViewPayments => texts::view_payments(),
        Permission::RecordPayments => texts::record_payments(),
        Permission::ManagePayments => texts::manage_payments(),
        Permission::ImportData => texts::import_data(),
        Permission::ManageDelivery => texts::manage_delivery(),
        Permission::Portal => texts::portal(),
        Permission::ViewMoney => texts::view_money(),
        Permission::Pay => texts::pay(),
        Permission::Approve => texts::approve(),
        Permission::Sign => texts::sign(),
        Permission::Message => texts::message(),
        Permission::ManageColleagues => texts::manage_colleagues(),
    }
}
