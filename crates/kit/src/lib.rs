//! What a lab is made of: card, sizes, variants, promises.
