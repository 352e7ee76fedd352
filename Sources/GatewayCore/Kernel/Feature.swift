/// One concern of the core. It owns its state, declares its routes, and calls only the kernel and the features below it,
/// which it is given when it is made. Features above it hear of it through `Moments`.
protocol Feature: AnyObject {
    /// Declares everything that the feature answers. Called once, from the lowest feature to the highest.
    func register(in routes: inout Routes)
}
