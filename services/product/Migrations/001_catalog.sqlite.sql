CREATE TABLE products (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    name         TEXT NOT NULL,
    description  TEXT NOT NULL,
    price_minor  INTEGER NOT NULL CHECK (price_minor >= 0),
    currency     TEXT NOT NULL,
    category     TEXT NOT NULL,
    stock        INTEGER NOT NULL CHECK (stock >= 0),
    image_url    TEXT NULL,
    image_file   TEXT NULL,
    image_type   TEXT NULL,
    created_at   TEXT NOT NULL,
    updated_at   TEXT NOT NULL
);

CREATE INDEX ix_products_category ON products (category);

-- Every word of a product's name (field 0) and description (field 1): what search looks in.
CREATE TABLE product_words (
    word        TEXT NOT NULL,
    product_id  INTEGER NOT NULL REFERENCES products (id) ON DELETE CASCADE,
    field       INTEGER NOT NULL,
    PRIMARY KEY (word, product_id, field)
) WITHOUT ROWID;

CREATE INDEX ix_product_words_product ON product_words (product_id);

CREATE TABLE seeds (name TEXT NOT NULL PRIMARY KEY);
