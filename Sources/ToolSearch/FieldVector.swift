/// One number for each field, in the order of `SearchField`; two places are over.
package typealias FieldVector = SIMD8<Float>

/// How often a word stands in each field of a tool.
typealias FieldCounts = SIMD8<UInt8>

extension SIMD where MaskStorage: SIMD {
    subscript(field: SearchField) -> Scalar {
        get { self[field.rawValue] }
        set { self[field.rawValue] = newValue }
    }
}
