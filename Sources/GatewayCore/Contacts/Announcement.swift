import GatewayKit
import Registry

/// The presence of the contacts of all users, loaded or not: they are read from the registry a page at a time, as fast as
/// the home server takes what is sent.
struct Announcement {
    enum Kind { case arrival, departure }

    /// The name of a page's slices in `SlicedWork`.
    struct Job: Hashable {}

    /// Contacts of one page.
    static let pageSize = 500

    let kind: Kind
    /// Tells answers of the registry to this announcement from those to an earlier one.
    let number: Int
    /// Contacts of the present page that are still to be told.
    var page: ArraySlice<ContactRecord> = []
    /// The last contact that was read; nil before the first page.
    var last: ContactRecord?
    /// The next page is being read.
    var isReading = false
    /// The registry has no more.
    var isComplete = false

    /// Takes in the next page.
    mutating func add(_ page: [ContactRecord]) {
        self.page = page[...]
        last = page.last ?? last
        isComplete = page.count < Self.pageSize
    }
}
