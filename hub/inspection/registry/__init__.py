"""What AWS says of the models behind the catalog: their approval, and who may pull them."""
