/// The contacts of one user, and the work on them that has begun.
final class ContactsOfUser {
    /// Raw localparts; empty for the gateway itself.
    var localparts: Set<String> = []
    /// Contacts that are being written.
    var pending = 0
    /// Of these, the ones that the user has taken back already.
    var withdrawn: Set<String> = []
    /// What is left of the job at work; nil if it has not begun.
    var rest: ArraySlice<String>?
}
