import GatewayKit
import Registry

/// The state of an announcement, which sends the presence of the contacts of all users, loaded or not. The contacts are
/// read from the registry page by page. Each page is sent in slices, so pages are read no faster than the home server
/// takes stanzas.
struct Announcement {
    /// `arrival` when the stream opens, `departure` when the gateway stops.
    enum Kind { case arrival, departure }

    /// The task by which `JobQueue` sends the current page.
    struct Job: Hashable {}

    /// Maximum of contacts in one page.
    static let pageSize = 500

    let kind: Kind
    /// Identifies the announcement, so that the registry's answer to an earlier announcement is ignored.
    let number: Int
    /// Contacts of the current page whose presence is still to be sent.
    var page: ArraySlice<ContactRecord> = []
    /// The last contact that the registry returned; nil before the first page.
    var last: ContactRecord?
    /// Whether the registry is reading the next page.
    var isReading = false
    /// Whether the current page is the last one.
    var isComplete = false

    /// Makes this page the current page. A page with fewer than `pageSize` contacts is the last one.
    mutating func add(_ page: [ContactRecord]) {
        self.page = page[...]
        last = page.last ?? last
        isComplete = page.count < Self.pageSize
    }
}
