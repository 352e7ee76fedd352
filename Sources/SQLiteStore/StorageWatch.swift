import Dispatch
import Registry

/// Reports when the registry becomes unwritable or writable again. The timer and the look at the disk are injected.
package struct StorageWatch: Sendable {
    /// Between two looks.
    static let pause = Duration.seconds(5)

    /// Called on the registry's thread when writing stops working, with the reason, and when it works again, with nil.
    package let onChange: @Sendable (RegistryError?) -> Void
    /// Whether the disk is so full that writing should be tried.
    let isProbeDue: @Sendable (_ path: String) -> Bool
    /// Calls back after a time.
    let later: @Sendable (Duration, @escaping @Sendable () -> Void) -> Void

    package init(onChange: @escaping @Sendable (RegistryError?) -> Void = { _ in }) {
        self.init(onChange: onChange, isProbeDue: { WriteProbe.isDue($0) }) { pause, work in
            DispatchQueue.global(qos: .utility).asyncAfter(deadline: .now() + (pause / .seconds(1)), execute: work)
        }
    }

    init(
        onChange: @escaping @Sendable (RegistryError?) -> Void, isProbeDue: @escaping @Sendable (String) -> Bool,
        later: @escaping @Sendable (Duration, @escaping @Sendable () -> Void) -> Void
    ) {
        self.onChange = onChange
        self.isProbeDue = isProbeDue
        self.later = later
    }
}
